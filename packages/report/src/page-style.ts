/** The style of the page: light and dark, down to the width of a phone. */
export const pageStyle: string = `
:root{color-scheme:light dark;--ink:#1c2126;--quiet:#5d6770;--paper:#fbfbfa;--card:#fff;--line:#dfe3e6;--gain:#1a7f5a;--loss:#b3372f;--accent:#2f62b5}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8eb;--quiet:#98a3ac;--paper:#13171a;--card:#1a1f23;--line:#2e353b;--gain:#4fc396;--loss:#ee7d74;--accent:#7fabf0}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1120px;margin:0 auto;padding:24px 16px 64px}h1{font-size:26px;margin:0 12px 0 0;display:inline-block}h2{font-size:17px;margin:36px 0 10px}
.badge{background:#8a5a00;color:#fff;border-radius:4px;padding:3px 9px;font-size:12px;letter-spacing:.04em;vertical-align:5px}.quiet{color:var(--quiet);margin:4px 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;margin:0}.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
dt{color:var(--quiet);font-size:13px}dd{margin:0;font-size:19px}.chart{min-height:120px;width:100%;overflow:hidden}.u-legend{color:var(--quiet);font-size:12px}
.calendar{display:grid;grid-template-columns:repeat(5,minmax(0,84px));gap:4px}.calendar div{border:1px solid var(--line);border-radius:4px;padding:4px 6px;font-size:11px;overflow:hidden}
.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:20px}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13px}caption{text-align:left;font-weight:600;padding:4px 0}th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);white-space:nowrap}th{font-weight:500}
.bar{width:25%;min-width:60px}.bar i{display:block;height:9px;border-radius:2px}.bar .gain{background:var(--gain)}.bar .loss{background:var(--loss)}td.gain{color:var(--gain)}td.loss{color:var(--loss)}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:4px 10px;max-width:100%}th button{border:0;padding:0;background:none;cursor:pointer}pre{overflow:auto;font-size:12px}`
