/** An answer that refuses a call, as the API would. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`HTTP ${status}`)
    this.status = status
    this.body = body
  }
}

/** A refusal with a case that machines can read. */
export function businessProblem(status: number, name: string, message: string): Problem {
  const docs = `https://databento.com/docs/errors#${name}`
  return new Problem(status, { detail: { case: name, message, status_code: status, docs } })
}

/** A refusal of one parameter. */
export function parameterProblem(parameter: string, message: string): Problem {
  return new Problem(422, { detail: [{ loc: ['body', parameter], msg: message, type: 'value_error' }] })
}
