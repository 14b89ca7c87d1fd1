"""The style sheet of the report: one column on a screen, page breaks that keep figures whole on paper."""

STYLE = """
:root { --ink: #1f2630; --soft: #5b6573; --line: #d9dee5; --shade: #f4f6f8; --mark: #8a4b00; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1060px; padding: 28px 32px 60px; color: var(--ink); background: #fff;
  font: 15px/1.5 "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
h1 { font-size: 26px; margin: 0; }
h2 { font-size: 18px; margin: 34px 0 8px; padding-bottom: 4px; border-bottom: 2px solid var(--line); }
h3 { font-size: 15px; margin: 18px 0 4px; }
p, li { max-width: 82ch; }
ul { margin: 6px 0; padding-left: 22px; }
li { margin: 3px 0; }
.sub { color: var(--soft); margin: 2px 0 0; overflow-wrap: anywhere; }
.note { color: var(--soft); font-size: 13px; }
.short { background: #fff7ec; border-left: 4px solid #e0a04a; padding: 8px 14px 8px 4px; }
.fine { background: #eef7f1; border-left: 4px solid #58a978; padding: 8px 14px; }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 14px 0 4px; }
.tile { flex: 1 1 130px; background: var(--shade); border-radius: 6px; padding: 8px 12px; }
.tile b { display: block; font-size: 21px; font-weight: 600; }
.tile span { color: var(--soft); font-size: 12.5px; }
figure { margin: 10px 0 4px; }
figure img { width: 100%; height: auto; display: block; }
figure.still img { width: 62%; border: 1px solid var(--line); margin: 0 auto; }
figure.strip img { border: 1px solid var(--line); }
figcaption { color: var(--soft); font-size: 13px; margin-top: 4px; max-width: 100ch; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; margin: 8px 0; }
th, td { text-align: left; padding: 4px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.both { text-align: center; }
td.near { background: #e4f3e9; }
td.enough { background: #fdf3d9; }
td.far { background: #fbe3dd; }
tr.group td { background: var(--shade); font-weight: 600; }
code { font: 12.5px/1.4 "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)); gap: 0 34px; }
footer { margin-top: 40px; color: var(--soft); font-size: 12.5px; border-top: 1px solid var(--line); padding-top: 8px; }
@media print {
  @page { size: A4; margin: 14mm 13mm; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  h2, h3 { break-after: avoid; }
  figure, .tiles, .short, .fine, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  figure.still { display: none; }
  .columns { grid-template-columns: 1fr 1fr; gap: 0 18px; }
  table { font-size: 8pt; }
  th, td { padding: 2px 5px; }
  .short, .fine, .tile, tr.group td { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
""".strip()
