// Paper on the screen, as the printer prints it: the same lines, the same
// columns, and the QR code big enough for a phone.

import { t } from "./i18n";
import type { Paper, PaperLine } from "./types";

/** The modules of a QR code with its quiet zone of 4, as one SVG path. */
export function QR(p: { rows: string[]; label: string }) {
  const n = p.rows.length;
  let d = "";
  p.rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== "1") continue;
      let w = 1;
      while (row[x + w] === "1") w++;
      d += `M${x} ${y}h${w}v1h-${w}z`;
      x += w;
    }
  });
  return (
    <svg class="qr" viewBox={`-4 -4 ${n + 8} ${n + 8}`} role="img" aria-label={p.label} shape-rendering="crispEdges" data-test="qr">
      <rect x="-4" y="-4" width={n + 8} height={n + 8} fill="#fff" />
      <path d={d} fill="#000" />
    </svg>
  );
}

/** The first QR code of a paper. */
export function qrOf(paper: Paper): string[] | undefined {
  return paper.lines.find((l) => l.qr)?.qr?.rows;
}

function lineClass(l: PaperLine): string {
  return ["paper-line", l.bold && "paper-bold", l.invert && "paper-invert", l.wide && "paper-wide", l.tall && "paper-tall",
    l.align && "paper-" + l.align].filter(Boolean).join(" ");
}

export function PaperView(p: { paper: Paper; test?: string }) {
  const { columns, lines } = p.paper;
  return (
    <div class={"paper paper-" + columns} role="document" aria-label={t("paper")} data-test={p.test ?? "paper"} tabIndex={0}>
      {lines.map((l, i) => {
        if (l.rule) return <hr key={i} class="paper-rule" />;
        if (l.qr) return <div key={i} class="paper-qr"><QR rows={l.qr.rows} label={t("paper.qr")} /></div>;
        if (l.feed) return <div key={i} class="paper-line">{"\n".repeat(l.feed)}</div>;
        if (l.cut) return <div key={i} class="paper-cut" />;
        return <div key={i} class={lineClass(l)}>{l.text || " "}</div>;
      })}
    </div>
  );
}
