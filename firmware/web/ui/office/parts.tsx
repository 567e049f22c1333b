// Small parts every page of the office is made of.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button, Empty } from "../shared/components";
import { t } from "../shared/i18n";
import type { Failure } from "./load";

/** The head of a page: what it is, and what can be done here. */
export function Head({ title, sub, children }: { title: string; sub?: string; children?: ComponentChildren }) {
  return (
    <header class="head">
      <div><h1>{title}</h1>{sub && <p class="muted">{sub}</p>}</div>
      <div class="head-tools">{children}</div>
    </header>
  );
}

/** What went wrong in one sentence, and one button. */
export function Failed({ error, again }: { error: Failure; again(): void }) {
  return (
    <Empty icon="warn" title={error.message}>
      <span role="alert" data-test="failed">{error.hint}</span><br />
      <Button onClick={again} icon="undo" test="again">{t("retry")}</Button>
    </Empty>
  );
}

/** Grey lines where a list will be; shown late, so that fast answers do not flash. */
export function Waiting({ lines = 8 }: { lines?: number }) {
  return (
    <div class="waiting" role="status" aria-label={t("page.loading")}>
      {Array.from({ length: lines }, (_, i) => <div key={i} class="bone" />)}
    </div>
  );
}

/** The side panel of a row. Esc closes it. */
export function Panel(p: { title: string; sub?: string; wide?: boolean; onClose(): void; children: ComponentChildren; foot?: ComponentChildren; tools?: ComponentChildren; name: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    return () => document.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(p.name)}"] a.row-link`)?.focus({ preventScroll: true });
  }, [p.name]);
  useEffect(() => {
    const esc = (e: KeyboardEvent) => {
      if (e.key === "Escape" && !e.defaultPrevented && !document.querySelector(".veil")) p.onClose();
    };
    window.addEventListener("keydown", esc);
    return () => window.removeEventListener("keydown", esc);
  });
  return (
    <section class={"panel" + (p.wide ? " wide" : "")} aria-labelledby="panel-title" data-test="panel">
      <header class="panel-head">
        <div><h2 id="panel-title" ref={heading} tabIndex={-1}>{p.title}</h2>{p.sub && <p class="muted">{p.sub}</p>}</div>
        <div class="panel-tools">{p.tools}<Button icon="close" kind="quiet" label={t("close")} onClick={p.onClose} test="panel-close" /></div>
      </header>
      <div class="panel-body">{p.children}</div>
      {p.foot && <footer class="panel-foot">{p.foot}</footer>}
    </section>
  );
}

export type Tone = "ok" | "warn" | "danger" | "info" | "plain";

/** A short state in words, with a colour that only helps. */
export function Badge({ tone = "plain", children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** A name with a value, in a list of such. */
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return <dl class="facts">{rows.map(([k, v]) => <div key={k}><dt>{k}</dt><dd class="num">{v}</dd></div>)}</dl>;
}
