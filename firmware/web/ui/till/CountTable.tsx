// Pieces by coin and note, with their sums; or the bare amount.

import { useState } from "preact/hooks";
import { Choice } from "../shared/components";
import { amount, coin, money, parseMoney } from "../shared/format";
import { t } from "../shared/i18n";
import { countArgs, denominations, sumOf } from "./count";

export interface Counted { sum: number; count?: Record<string, number>; valid: boolean; touched: boolean }

export function CountTable(p: { onChange: (c: Counted) => void; label: string }) {
  const [how, setHow] = useState<"pieces" | "sum">("pieces");
  const [count, setCount] = useState<Record<number, number>>({});
  const [text, setText] = useState("");
  const pieces = (next: Record<number, number>) => {
    setCount(next);
    p.onChange({ sum: sumOf(next), count: countArgs(next), valid: true, touched: true });
  };
  const bare = (s: string) => {
    setText(s);
    const v = s.trim() === "" ? 0 : parseMoney(s);
    p.onChange({ sum: v ?? 0, valid: v !== undefined && v >= 0, touched: s.trim() !== "" });
  };
  const change = (h: "pieces" | "sum") => {
    setHow(h);
    if (h === "pieces") pieces(count);
    else bare(text);
  };
  return (
    <div class="count">
      <Choice label={p.label} value={how} onChange={change}
        options={[{ value: "pieces", text: t("count.pieces"), test: "count-by-pieces" }, { value: "sum", text: t("count.sum"), test: "count-by-sum" }]} />
      {how === "pieces" ? (
        <div class="count-grid">
          {denominations.map((d) => (
            <Piece key={d} value={d} n={count[d] ?? 0} set={(n) => pieces({ ...count, [d]: n })} />
          ))}
        </div>
      ) : (
        <label class="field"><span class="field-label">{p.label}</span>
          <input class="text num count-sum" inputMode="decimal" autocomplete="off" value={text} placeholder={amount(0)} data-test="count-sum" onInput={(e) => bare(e.currentTarget.value)} />
        </label>
      )}
    </div>
  );
}

function Piece({ value, n, set }: { value: number; n: number; set: (n: number) => void }) {
  const type = (s: string) => {
    const v = s.trim() === "" ? 0 : Number(s);
    if (Number.isInteger(v) && v >= 0 && v <= 100_000) set(v);
  };
  return (
    <div class={"piece" + (n > 0 ? " piece-some" : "")}>
      <label for={"coin-" + value} class={value >= 500 ? "piece-note" : "piece-coin"}>{coin(value)}</label>
      <button type="button" class="piece-step" aria-label={t("count.less", { coin: coin(value) })} disabled={n === 0} onClick={() => set(n - 1)}>−</button>
      <input id={"coin-" + value} class="num" inputMode="numeric" autocomplete="off" value={n || ""} placeholder="0" data-test={"coin-" + value}
        onFocus={(e) => e.currentTarget.select()} onInput={(e) => type(e.currentTarget.value)} />
      <button type="button" class="piece-step" aria-label={t("count.more", { coin: coin(value) })} onClick={() => set(n + 1)}>+</button>
      <span class="piece-sum num">{n > 0 ? money(n * value) : ""}</span>
    </div>
  );
}
