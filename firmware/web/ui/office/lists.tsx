// Fields that hold several things: colours, barcodes, lines of text, switches.

import { useRef } from "preact/hooks";
import { Button } from "../shared/components";
import { t } from "../shared/i18n";
import { Flags } from "./fields";
import type { Bound } from "./fields";
import { headerFields } from "./schema";
import { label } from "./show";

/** Colours that keep black or white letters readable and differ for most eyes. */
const palette = ["#8a5a3b", "#b5651d", "#c98a2b", "#d6b13d", "#7d9a3c", "#4f8a4c", "#2e8b7a", "#2f7fb5", "#4062bb", "#6a4c93",
  "#a64d8c", "#c2607a", "#b3403a", "#7a6a5c", "#5d6b7a", "#3b4048"];

export function ColorField({ draft, field, disabled }: Bound) {
  const now = String(draft.row.value[field.key] ?? "");
  const own = now !== "" && !palette.includes(now.toLowerCase());
  const pick = (c: string) => draft.set(field.key, c || undefined);
  return (
    <div class="palette" role="radiogroup" aria-label={label(draft.kind, field.key)}>
      {["", ...palette].map((c, i) => (
        <button key={c} type="button" role="radio" aria-checked={c === now.toLowerCase()} disabled={disabled} class={c ? "swatch" : "swatch none"}
          style={c ? { background: c } : undefined} aria-label={c ? t("office.color.n", { n: i }) : t("office.color.none")} title={c || t("office.color.none")}
          data-test={`color-${c || "none"}`} onClick={() => pick(c)} />
      ))}
      <label class={"swatch own" + (own ? " on" : "")} style={own ? { background: now } : undefined} title={t("office.color.own")}>
        <input type="color" value={now || "#888888"} disabled={disabled} aria-label={t("office.color.own")} onInput={(e) => pick(e.currentTarget.value)} />
      </label>
    </div>
  );
}

/** Lines of text, one below the other. Enter adds one; barcodes can be scanned in. */
export function ListField({ draft, field, disabled, mono, max }: Bound & { mono?: boolean; max: number }) {
  const list = (draft.row.value[field.key] as string[] | undefined) ?? [];
  const box = useRef<HTMLDivElement>(null);
  const put = (next: string[]) => draft.set(field.key, next.length ? next : undefined);
  const add = () => {
    put([...list, ""]);
    requestAnimationFrame(() => [...(box.current?.querySelectorAll("input") ?? [])].pop()?.focus());
  };
  return (
    <div class="lines" ref={box}>
      {list.map((v, i) => (
        <div class="line" key={i}>
          <input type="text" class={mono ? "mono" : ""} value={v} readOnly={disabled} aria-label={`${label(draft.kind, field.key)} ${i + 1}`} autoComplete="off"
            data-test={`field-${field.key}-${i}`} onInput={(e) => put(list.map((x, n) => (n === i ? e.currentTarget.value : x)))}
            onBlur={() => { if (mono && v.trim() !== v) put(list.map((x, n) => (n === i ? x.trim() : x))); }}
            onKeyDown={(e) => { if (e.key === "Enter" && list.length < max) { e.preventDefault(); add(); } }} />
          <Button icon="trash" kind="quiet" label={t("office.form.removeLine", { n: i + 1 })} disabled={disabled} onClick={() => put(list.filter((_, n) => n !== i))} />
        </div>
      ))}
      {!disabled && list.length < max && (
        <Button icon="plus" kind="quiet" class="add" onClick={add} test={`add-${field.key}`}>{t(`office.${draft.kind}.${field.key}.add`)}</Button>
      )}
    </div>
  );
}

/** Which header fields the receipt prints. */
export function ShowField(b: Bound) {
  return <Flags b={b} all={headerFields} words={(k) => label("company", k)} />;
}
