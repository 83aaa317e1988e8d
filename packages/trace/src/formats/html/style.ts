import { Markup } from './markup.ts';

/** Colours by theme: those of the dashboard, which a test compares. */
const LIGHT =
  '--bg:#faf9f6;--panel:#ffffff;--raise:#f2f0ea;--hover:#f5f3ee;--line:#e2ded5;--line-strong:#c9c3b6;--text:#1b1f25;--mute:#545d69;--faint:#646d79;--accent:#a15a00;--accent-soft:#f6e7cf;--link:#1f5fc4;--ok:#0f7b53;--error:#c4281f;--error-soft:#fbe9e6;--warn:#9a5b00;--running:#2460c4;--kind-task:#6c7683;--kind-agent:#2f6fd8;--kind-llm:#7350e0;--kind-tool:#12855a;--kind-stage:#6a7380;--kind-retrieval:#0b7f93;--kind-embedding:#557f0e;--kind-evaluation:#b83a80;--kind-decision:#8f6f00';
const DARK =
  '--bg:#0f1217;--panel:#151a21;--raise:#1c222b;--hover:#1a2029;--line:#262e39;--line-strong:#3a4553;--text:#e8ebf0;--mute:#a3adbb;--faint:#8490a0;--accent:#f5a83c;--accent-soft:#3a2d18;--link:#7fb2ff;--ok:#3fcf92;--error:#ff6f67;--error-soft:#35191a;--warn:#f5b544;--running:#6aa6ff;--kind-task:#8c98a8;--kind-agent:#5b9dff;--kind-llm:#a48bff;--kind-tool:#37c98b;--kind-stage:#7d8896;--kind-retrieval:#2cc3d9;--kind-embedding:#8fd14f;--kind-evaluation:#f07ab6;--kind-decision:#e9c23f';

export const THEMES = { light: LIGHT, dark: DARK } as const;

const KINDS = ['task', 'agent', 'llm', 'tool', 'stage', 'retrieval', 'embedding', 'evaluation', 'decision'];

/** Heights of a lane's first row in the timeline, and of each further one: names and bars stand in different elements. */
export const LANE_PX = 20;
export const SUB_ROW_PX = 9;

const RULES = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*,::before,::after{box-sizing:border-box}
html{background:var(--bg);scroll-padding-top:52px}
body{margin:0;color:var(--text);font:13px/1.45 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-font-smoothing:antialiased}
h1,h2,h3,p,dl,dd,figure{margin:0}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:4px}
pre,code,.mono{font-family:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px}
.wrap{max-width:1320px;margin:0 auto;padding:0 20px}
.mute{color:var(--mute)}.faint{color:var(--faint)}.ok{color:var(--ok)}.error{color:var(--error)}.warn{color:var(--warn)}
header{background:var(--panel);border-bottom:1px solid var(--line);padding:22px 0 18px}
.title{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px}
h1{font-size:22px;font-weight:650;line-height:1.25;letter-spacing:-.01em;overflow-wrap:anywhere}
.status{display:inline-flex;align-items:center;gap:6px;padding:1px 9px;border:1px solid var(--line-strong);border-radius:99px;font-size:12px;white-space:nowrap}
.status::before{content:"";width:7px;height:7px;border-radius:50%;background:currentColor}
.verdict{padding:1px 9px;border-radius:99px;background:var(--raise);font-size:12px}
.status.running{color:var(--running)}
.brand{display:inline-flex;align-items:center;gap:6px;margin-left:auto;color:var(--faint);font-size:12px;white-space:nowrap}
.brand svg{color:var(--accent)}
.origins{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 20px;margin-top:6px;color:var(--mute)}
.origins>span{overflow-wrap:anywhere}
.origins i{color:var(--faint);font-style:normal}
.task{max-width:90ch;margin-top:12px;padding-left:12px;border-left:2px solid var(--line-strong);color:var(--mute);white-space:pre-wrap;overflow-wrap:anywhere}
.failure{margin-top:14px;padding:10px 14px;border-left:3px solid var(--error);border-radius:4px;background:var(--error-soft);white-space:pre-wrap;overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:12px 28px;margin-top:18px}
.facts dt{color:var(--faint);font-size:11px}
.facts dd{font-size:17px;font-weight:650;line-height:1.3;white-space:nowrap}
.facts dd+dd{color:var(--mute);font-size:12px;font-weight:400}
.phases{display:flex;gap:2px;margin-top:18px}
.phases div{min-width:3px;flex:1 1 0;overflow:hidden;padding:3px 0 3px 8px;border-radius:3px;background:var(--raise);font-size:12px;white-space:nowrap;text-overflow:ellipsis}
.phases .failed{background:var(--error-soft);color:var(--error)}
.phases .running{background:var(--accent-soft)}
.phases .planned{background:none;outline:1px dashed var(--line-strong);outline-offset:-1px;color:var(--faint)}
nav{position:sticky;top:0;z-index:2;border-bottom:1px solid var(--line);background:var(--bg)}
nav .wrap{display:flex;gap:20px;overflow-x:auto;scrollbar-width:none}
nav a{padding:9px 0 8px;color:var(--mute);white-space:nowrap}
nav a:hover{color:var(--text);text-decoration:none;box-shadow:inset 0 -2px var(--accent)}
nav sup{color:var(--error);font-size:10px;line-height:0}
main.wrap{padding-top:8px;padding-bottom:40px}
section{margin-top:26px;min-width:0}
h2{margin-bottom:6px;font-size:15px;font-weight:650}
h2 small{margin-left:8px;color:var(--faint);font-size:12px;font-weight:400}
.note{margin-top:6px;color:var(--faint);font-size:12px}
.pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 32px}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th{padding:5px 8px;border-bottom:1px solid var(--line-strong);color:var(--faint);font-size:11px;font-weight:400;text-align:left;white-space:nowrap}
td{padding:5px 8px;border-bottom:1px solid var(--line);vertical-align:top}
tr:hover td{background:var(--hover)}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
.n{text-align:right;white-space:nowrap}
td.name{min-width:130px;max-width:420px;overflow-wrap:anywhere;font-weight:600}
td.name a{color:inherit}
td.prose{min-width:160px;overflow-wrap:anywhere}
td.word{max-width:260px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
td.bar,tr:hover td.bar{background:linear-gradient(270deg,var(--accent) var(--part),transparent 0) 0 100%/100% 2px no-repeat}
.rest td{color:var(--faint);border-bottom:0}
.dot{display:inline-block;flex:none;width:8px;height:8px;margin-right:7px;border-radius:2px;background:var(--kind)}
${KINDS.map((kind) => `.k-${kind}{--kind:var(--kind-${kind})}`).join('')}
.stack{display:flex;gap:1px;height:12px;margin:4px 0 8px;border-radius:3px;overflow:hidden}
.stack i{flex:none;min-width:1px;background:var(--kind)}
.timeline{display:grid;grid-template-columns:minmax(90px,200px) minmax(0,1fr);column-gap:12px;padding-top:4px}
.timeline svg{display:block;width:100%;overflow:visible}
.lanes{margin:0;padding:0;list-style:none;font-size:12px}
.lanes li{overflow:hidden;height:var(--px);line-height:${LANE_PX}px;color:var(--mute);white-space:nowrap;text-overflow:ellipsis}
.lanes .stage{color:var(--text);font-weight:650}
.lanes .rest{color:var(--faint)}
.area{fill:var(--kind-agent);opacity:.5}
.tick{fill:var(--faint);font-size:11px}
.grid{stroke:var(--line)}
.band{fill:var(--raise);opacity:.55}
.b{fill:var(--kind)}.c{opacity:.24}.c.e{opacity:.45}.l{opacity:.5}.t{opacity:.45}.e{--kind:var(--error)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:8px;color:var(--mute);font-size:12px}
.legend span{white-space:nowrap}
.tree{font-size:12.5px}
.tree details>div{margin-left:7px;padding-left:13px;border-left:1px solid var(--line)}
.span{display:flex;align-items:center;gap:0 8px;min-height:26px;padding:2px 4px 2px 0;border-radius:4px}
.tree summary{list-style:none;cursor:pointer}
.tree summary::-webkit-details-marker{display:none}
.span::before{content:"";flex:none;width:9px}
summary.span::before{content:"▸";color:var(--faint);font-size:10px;text-align:center}
details[open]>summary.span::before{content:"▾"}
.span:hover{background:var(--hover)}
details:target>.span,.span:target{background:var(--accent-soft)}
.span .dot{margin:0}
.span b{flex:0 1 auto;overflow:hidden;font-weight:500;white-space:nowrap;text-overflow:ellipsis;min-width:60px}
.span em{flex:1 1 0;overflow:hidden;color:var(--faint);font-style:normal;white-space:nowrap;text-overflow:ellipsis;min-width:0}
.span .error{flex:2 1 0;color:var(--error)}
.span u{flex:none;width:70px;color:var(--mute);text-align:right;text-decoration:none;white-space:nowrap}
.span s{flex:none;width:150px;height:5px;border-radius:2px;background:linear-gradient(90deg,transparent var(--from),var(--kind) var(--from),var(--kind) var(--to),transparent 0),var(--raise)}
.heads{border-bottom:1px solid var(--line-strong);border-radius:0;font-size:11px}
.heads u{color:var(--faint)}
.heads s{visibility:hidden}
.heads:hover{background:none}
.io{display:grid;grid-template-columns:52px minmax(0,1fr);gap:4px 10px;padding:4px 0 8px;color:var(--faint);font-size:11px}
.io pre{margin:0;max-height:260px;overflow:auto;padding:7px 10px;border-radius:4px;background:var(--raise);color:var(--text);white-space:pre-wrap;overflow-wrap:anywhere}
.io-fold>summary{padding:3px 0;color:var(--faint);font-size:11px}
.io-fold>summary:hover{color:var(--text)}
.tree .io-fold>.io{margin:0;padding-left:0;border:0}
.left{padding:4px 0 4px 17px;color:var(--faint)}
footer{padding:16px 0 32px;border-top:1px solid var(--line);color:var(--faint);font-size:12px}
@media (max-width:1000px){.pair{grid-template-columns:minmax(0,1fr)}}
@media (max-width:760px){
.wrap{padding:0 14px}
h1{font-size:19px}
.facts{gap:10px 20px}
.timeline{grid-template-columns:88px minmax(0,1fr);column-gap:8px}
.odd{display:none}
th,td{padding-left:5px;padding-right:5px}
table{font-size:12px}
.span s,.span u.wide{display:none}
.span u{width:58px}
.span .error{flex-basis:100%}
}
@media print{
:root{color-scheme:only light;${LIGHT}}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
html{background:#fff}
body,table,.note,.tree,.facts dt,.facts dd+dd,.origins .mono{font-size:10px}
main{display:flex;flex-direction:column}
#timeline{order:1}
#tree{order:2}
header,nav{background:none}
nav,.brand{display:none}
.wrap{max-width:none;padding:0}
.scroll{overflow:visible}
tr,.span,.lanes li,.facts div{break-inside:avoid}
h2{break-after:avoid}
.io pre{max-height:none}
@page{margin:14mm}
}`;

/** The page's whole style sheet. */
export const STYLE = new Markup(RULES.replaceAll('\n', ''));
