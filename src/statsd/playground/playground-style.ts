/** The style of the playground beyond that of other pages. */
export const styleSheet = `
:root{--soft-back:#f5f6f8;--good:#12703a;--bad:#b3261e;--warn:#8a5300;--mark:#e4ecfb}
@media(prefers-color-scheme:dark){:root{--soft-back:#1b1f27;--good:#7bd49b;--bad:#ff9d94;--warn:#f2c063;--mark:#22304a}}
body{max-width:84rem}
.panes{display:grid;gap:1rem;grid-template-columns:minmax(0,1fr)}
@media(min-width:56rem){.panes{grid-template-columns:minmax(0,2fr) minmax(0,3fr)}}
.pane{min-width:0}
.editor{position:relative;display:flex;overflow:hidden;border:1px solid var(--line);border-radius:4px;background:var(--back)}
.editor:focus-within{border-color:var(--link);outline:1px solid var(--link)}
.editor textarea{position:relative;flex:1;min-width:0;height:20rem;resize:vertical;border:0;border-radius:0;outline:0;background:none;padding:.5rem .6rem;tab-size:2}
.editor.numbered textarea{padding-left:3.6rem}
.gutter{position:absolute;top:0;bottom:0;left:0;width:2.8rem;margin:0;padding:.5rem 0;overflow:hidden;text-align:right;color:var(--soft);font:13.5px/1.5 ui-monospace,monospace;user-select:none;white-space:pre}
.mark{position:absolute;left:0;right:0;background:var(--mark)}
.go{display:flex;gap:1rem;align-items:center;margin:.8rem 0}
code,pre{font:13.5px/1.5 ui-monospace,monospace}
.lines,.findings{list-style:none;margin:0;padding:0}
.findings li{padding:.2rem 0;overflow-wrap:anywhere}
.line{border-top:1px solid var(--line);padding:.6rem 0}
.line p{color:inherit}.line .head{display:flex;flex-wrap:wrap;gap:.2rem .8rem;align-items:baseline;margin:0 0 .3rem}
.raw{font-weight:600;overflow-wrap:anywhere;white-space:pre-wrap}
dl{display:grid;grid-template-columns:5.5rem minmax(0,1fr);gap:.1rem .6rem;margin:0 0 .5rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}dd p{margin:0}
.capture{margin-right:.8rem}
.line .soft,.soft{color:var(--soft)}
.tag{font-size:.85em;white-space:nowrap;color:var(--soft)}
.tag.taken{color:var(--good)}.tag.refused,.tag.error{color:var(--bad)}.tag.mixed,.tag.warning{color:var(--warn)}
p.problem{color:var(--bad);margin:.8rem 0}.note{color:var(--soft)}
.page{background:var(--soft-back);border-radius:4px;padding:.6rem;overflow-x:auto;margin:0}
.stale{opacity:.55}
@media(max-width:30rem){dl{grid-template-columns:4.6rem minmax(0,1fr)}.editor textarea{height:12rem}}
`;
