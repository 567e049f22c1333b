// A day, typed as 31.12.2026 whatever the browser's own habits, or picked from
// the browser's calendar.

import { useEffect, useRef, useState } from "preact/hooks";
import { germanDay, parseDay } from "../shared/format";
import { Icon } from "../shared/icons";
import { t } from "../shared/i18n";

interface Props { value: string; onChange(iso: string): void; label: string; test?: string; min?: string; max?: string }

/** value and onChange speak 2026-12-31; empty is no day. */
export function DayInput(p: Props) {
  const [text, setText] = useState(germanDay(p.value));
  const [bad, setBad] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    setText(germanDay(p.value));
    setBad(false);
  }, [p.value]);
  const take = () => {
    const s = text.trim();
    const iso = s === "" ? "" : parseDay(withYear(s));
    setBad(iso === undefined);
    if (iso !== undefined && iso !== p.value) p.onChange(iso);
    else if (iso !== undefined) setText(germanDay(iso));
  };
  return (
    <span class={"day-input" + (bad ? " bad" : "")}>
      <input type="text" inputMode="numeric" class="num" size={10} value={text} placeholder={t("office.day.hint")} aria-label={p.label} aria-invalid={bad}
        title={bad ? t("office.day.bad") : undefined} data-test={p.test} autoComplete="off" onInput={(e) => setText(e.currentTarget.value)} onBlur={take}
        onKeyDown={(e) => { if (e.key === "Enter" && text !== germanDay(p.value)) { e.preventDefault(); e.stopPropagation(); take(); } }} />
      <button type="button" aria-label={t("office.day.pick", { label: p.label })} tabIndex={-1} onClick={() => open(picker.current)}><Icon name="calendar" /></button>
      <input ref={picker} type="date" class="day-picker" tabIndex={-1} aria-hidden="true" value={p.value} min={p.min} max={p.max}
        onChange={(e) => p.onChange(e.currentTarget.value)} />
    </span>
  );
}

function open(i: HTMLInputElement | null): void {
  try {
    i?.showPicker();
  } catch {
    i?.focus(); // a browser without showPicker
  }
}

/** "31.12." and "31.12.26" mean this century, and this year. */
function withYear(s: string): string {
  const m = /^(\d{1,2})\.(\d{1,2})\.?(\d{2})?$/.exec(s);
  if (!m) return s;
  return `${m[1]}.${m[2]}.${m[3] ? "20" + m[3] : new Date().getFullYear()}`;
}
