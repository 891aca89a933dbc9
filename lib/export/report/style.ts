/** The report's one style sheet. Its colours are its own: the file must look the same where the console is not. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #fff; --text: #14181f; --soft: #4a5463; --line: #d5dae2; --sunken: #f3f5f8; --accent: #3553c9;
  --low: #56657c; --medium: #8a5300; --high: #b23c0a; --critical: #b4122b; --good: #0f6b4f; --bad: #a6141f; --mark: #fff1c9; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #0e1116; --text: #e3e7ed; --soft: #a7b1bf; --line: #2c343f; --sunken: #171c24; --accent: #9db0fc;
  --low: #a9b7ca; --medium: #f0c751; --high: #ffab78; --critical: #ff8f98; --good: #5ad1a5; --bad: #ff8f98; --mark: #4a3a0c; } }
* { box-sizing: border-box; }
html { font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; background: var(--page); color: var(--text);
  font-variant-numeric: tabular-nums; }
body { margin: 0 auto; padding: 0 24px 64px; max-width: 1080px; overflow-wrap: anywhere; }
a { color: var(--accent); }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 20px 0 6px; letter-spacing: -0.015em; }
h2 { font-size: 1.15rem; margin: 36px 0 10px; padding-bottom: 5px; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 22px 0 6px; }
h4 { font-size: 0.93rem; margin: 16px 0 4px; }
p { margin: 0 0 8px; max-width: 80ch; }
.tlp { display: flex; justify-content: space-between; gap: 16px; margin: 0 -24px; padding: 7px 24px; background: #000; color: #fff; font-weight: 700; letter-spacing: 0.02em;
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.tlp[data-tlp="red"] b { color: #ff2b2b; } .tlp[data-tlp^="amber"] b { color: #ffc000; } .tlp[data-tlp="green"] b { color: #33ff00; }
.tlp span { font-weight: 400; }
.soft { color: var(--soft); }
.kept { white-space: pre-wrap; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 12px 0; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; min-width: 0; }
nav ol { columns: 2; margin: 8px 0 0; padding-left: 22px; } nav { margin-top: 18px; }
.scroll { overflow-x: auto; margin: 8px 0 12px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { text-align: left; color: var(--soft); padding-bottom: 4px; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); min-width: 7ch; }
th { font-weight: 600; color: var(--soft); border-bottom-color: var(--soft); white-space: nowrap; }
td.time, td.number, .nowrap { white-space: nowrap; } td.number, th.number { text-align: right; }
code, pre, .mono { font: 0.86rem/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; }
pre { margin: 8px 0 12px; padding: 10px 12px; background: var(--sunken); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
pre.tree { white-space: pre; overflow-x: auto; font-size: 0.8rem; }
.digest { font-size: 0.78rem; }
.prose > :first-child { margin-top: 0; } .prose > :last-child { margin-bottom: 0; }
.prose :is(ul, ol) { margin: 4px 0 10px; padding-left: 22px; } .prose li { margin: 2px 0; max-width: 80ch; } .prose .heading { margin: 12px 0 4px; }
.prose blockquote { margin: 8px 0; padding: 2px 0 2px 14px; border-left: 3px solid var(--line); color: var(--soft); } .prose hr { border: 0; border-top: 1px solid var(--line); }
.prose table { width: auto; min-width: 0; } td .prose p { margin: 0 0 4px; }
.hidden-character { display: inline-block; padding: 0 3px; border-radius: 3px; background: var(--mark); border: 1px solid currentColor; font-size: 0.78em; line-height: 1.25; font-family: ui-monospace, monospace; }
.severity { font-weight: 650; } .severity::before { content: ""; display: inline-block; width: 0.62em; height: 0.62em; margin-right: 0.45em; background: currentColor; }
.severity[data-severity="low"] { color: var(--low); } .severity[data-severity="low"]::before { border-radius: 50%; }
.severity[data-severity="medium"] { color: var(--medium); } .severity[data-severity="medium"]::before { transform: rotate(45deg); }
.severity[data-severity="high"] { color: var(--high); } .severity[data-severity="high"]::before { clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.severity[data-severity="critical"] { color: var(--critical); }
.verdict { font-weight: 650; } .verdict[data-verdict="true_positive"] { color: var(--bad); } .verdict[data-verdict="benign_true_positive"] { color: var(--good); }
.box { border: 1px solid var(--line); border-radius: 8px; padding: 4px 16px 10px; margin: 12px 0; }
.open { color: var(--medium); font-weight: 600; } .done { color: var(--good); font-weight: 600; }
ul.plain { margin: 4px 0 10px; padding-left: 20px; } ul.plain li { margin: 2px 0; max-width: 90ch; }
figure { margin: 10px 0 16px; } figcaption { color: var(--soft); }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg text { fill: var(--text); } svg .axis { stroke: var(--line); } svg .lane { stroke: var(--line); stroke-dasharray: 2 3; } svg .label { fill: var(--soft); }
svg .exec { fill: var(--accent); } svg .network { fill: var(--high); } svg .other { fill: var(--low); }
footer { margin-top: 40px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.86rem; }
@media screen and (max-width: 640px) { table { min-width: 680px; } body { padding: 0 14px 40px; } .tlp { margin: 0 -14px; padding: 7px 14px; } nav ol { columns: 1; } dl.facts { grid-template-columns: 1fr; } dl.facts dd { margin-bottom: 5px; } }
@page { size: A4; margin: 16mm 14mm; }
@media print { html { font-size: 10.5px; } nav { display: none; } p, li { orphans: 3; widows: 3; } body { max-width: none; padding: 0; } .tlp { margin: 0; } h2, h3, h4, caption { break-after: avoid; } tr, figure, li { break-inside: avoid; }
  thead { display: table-header-group; } .scroll { overflow: visible; } pre.tree { white-space: pre-wrap; overflow: visible; font-size: 0.72rem; } a { color: inherit; text-decoration: none; } th, code.nowrap { white-space: normal; } }
`
