declare module 'black-scholes' {
  const blackScholes: {
    blackScholes(s: number, k: number, t: number, v: number, r: number, callPut: 'call' | 'put'): number
  }
  export default blackScholes
}

declare module 'implied-volatility' {
  const impliedVolatility: {
    getImpliedVolatility(
      expectedCost: number,
      s: number,
      k: number,
      t: number,
      r: number,
      callPut: 'call' | 'put',
    ): number
  }
  export default impliedVolatility
}
