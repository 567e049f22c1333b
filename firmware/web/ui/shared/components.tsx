// The few building blocks every page shares. Styles: components.css.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, hint, sentence } from "./api";
import { t } from "./i18n";
import { Icon } from "./icons";
import { tap } from "./tap";

type Kind = "primary" | "plain" | "quiet" | "danger" | "warn";

interface ButtonProps {
  children?: ComponentChildren; icon?: string; kind?: Kind; label?: string; big?: boolean; wide?: boolean;
  disabled?: boolean; busy?: boolean; pressed?: boolean; type?: "button" | "submit"; test?: string; keys?: string;
  onClick?: (e: Event) => void;
  /** Act on touch-down instead of on click; not inside anything that scrolls. */
  fast?: boolean; class?: string; form?: string;
}

/** A real button. Without children it shows its icon alone and needs a label. */
export function Button(p: ButtonProps) {
  const c = ["btn", "btn-" + (p.kind ?? "plain"), p.big && "btn-big", p.wide && "btn-wide", !p.children && "btn-icon", p.class];
  const act = p.onClick ?? (() => undefined);
  const off = p.disabled || p.busy;
  return (
    <button type={p.type ?? "button"} class={c.filter(Boolean).join(" ")} disabled={off} aria-label={p.label} title={p.children ? undefined : p.label}
      aria-pressed={p.pressed} aria-busy={p.busy} aria-keyshortcuts={p.keys} data-test={p.test} form={p.form}
      {...(p.fast ? tap(act) : { onClick: act })}>
      {p.busy ? <span class="spin" aria-hidden="true" /> : p.icon && <Icon name={p.icon} />}
      {p.children && <span class="btn-text">{p.children}</span>}
      {p.keys && p.children && <kbd>{p.keys}</kbd>}
    </button>
  );
}

const focusable = 'button:not([disabled]), [href], input:not([disabled]):not([type="hidden"]), select, textarea, [tabindex="0"]';

const traps: HTMLElement[] = []; // open dialogs, the topmost last: it alone hears the keys

/** Keeps the focus inside an element while it is shown, and gives it back. Keys
 * count wherever the focus is: a button that goes away takes it along. */
export function useFocusTrap(onClose?: () => void) {
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const box = ref.current!;
    traps.push(box);
    const before = document.activeElement as HTMLElement | null;
    const first = box.querySelector<HTMLElement>("[data-autofocus]") ?? box;
    first.focus({ preventScroll: true });
    const key = (e: KeyboardEvent) => {
      if (traps[traps.length - 1] !== box) return;
      if (e.key === "Escape" && close.current && !e.defaultPrevented) {
        e.stopPropagation();
        e.preventDefault();
        close.current();
      }
      if (e.key === "Tab") cycle(e, box);
    };
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("keydown", key);
      traps.splice(traps.indexOf(box), 1);
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return ref;
}

function cycle(e: KeyboardEvent, box: HTMLElement): void {
  const all = [...box.querySelectorAll<HTMLElement>(focusable)].filter((x) => x.offsetParent !== null);
  const first = all[0], last = all[all.length - 1];
  if (!first || !last) return e.preventDefault();
  const at = document.activeElement;
  if (!box.contains(at)) {
    e.preventDefault();
    first.focus();
  } else if (e.shiftKey && (at === first || at === box)) {
    e.preventDefault();
    last.focus();
  } else if (!e.shiftKey && at === last) {
    e.preventDefault();
    first.focus();
  }
}

interface DialogProps {
  title: string; onClose?: () => void; children?: ComponentChildren; foot?: ComponentChildren;
  size?: "s" | "m" | "l" | "full"; side?: boolean; test?: string; kind?: "danger";
}

/** A dialog, or with side a panel at the right edge. Esc and the cross close it. */
export function Dialog(p: DialogProps) {
  const ref = useFocusTrap(p.onClose);
  const [id] = useState(() => "d" + Math.random().toString(36).slice(2));
  const down = useRef<EventTarget | null>(null); // a touch beside the dialog must begin and end there
  return (
    <div class={"veil" + (p.side ? " veil-side" : "")} onPointerDown={(e) => { down.current = e.target; }}
      onClick={(e) => e.target === e.currentTarget && down.current === e.target && p.onClose?.()}>
      <div ref={ref} class={`dialog dialog-${p.size ?? "m"}${p.side ? " dialog-side" : ""}`} role="dialog" aria-modal="true"
        aria-labelledby={id} tabIndex={-1} data-test={p.test}>
        <header class="dialog-head">
          <h2 id={id}>{p.title}</h2>
          {p.onClose && <Button icon="close" kind="quiet" label={t("close")} onClick={p.onClose} test="dialog-close" />}
        </header>
        <div class="dialog-body">{p.children}</div>
        {p.foot && <footer class="dialog-foot">{p.foot}</footer>}
      </div>
    </div>
  );
}

/** A calm or warning line across the page, with at most one action. */
export function Banner(p: { kind: "info" | "warn" | "danger" | "ok"; icon?: string; children: ComponentChildren; action?: ComponentChildren; test?: string }) {
  return (
    <div class={"banner banner-" + p.kind} role="status" data-test={p.test}>
      <Icon name={p.icon ?? (p.kind === "info" ? "info" : p.kind === "ok" ? "check" : "warn")} />
      <p>{p.children}</p>
      {p.action}
    </div>
  );
}

/** What went wrong, in one sentence, and what to do. */
export function Failure(p: { error: unknown; retry?: () => void }) {
  const e = p.error;
  const text = e instanceof ApiError ? sentence(e.problem) : String(e instanceof Error ? e.message : e);
  const todo = e instanceof ApiError ? hint(e.problem) : "";
  return (
    <div class="failure" role="alert">
      <Icon name="warn" />
      <p>{text} {todo && <span class="muted">{todo}</span>}</p>
      {p.retry && <Button onClick={p.retry}>{t("retry")}</Button>}
    </div>
  );
}

/** Shown where there is nothing yet: says what to do first. */
export function Empty(p: { icon?: string; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      {p.icon && <Icon name={p.icon} />}
      <p class="empty-title">{p.title}</p>
      {p.children && <p class="muted">{p.children}</p>}
    </div>
  );
}

export function Loading() {
  return <div class="loading" role="status"><span class="spin" aria-hidden="true" /><span class="sr">{t("page.loading")}</span></div>;
}

interface ToastText { id: number; text: string; kind: "info" | "ok" | "danger"; action?: { text: string; run: () => void } }
const toasts = signal<ToastText[]>([]);
let toastID = 0;

/** Says something in passing, at most three at a time; with an action (undo) it stays longer. */
export function toast(text: string, kind: ToastText["kind"] = "info", action?: ToastText["action"]): void {
  const id = ++toastID;
  toasts.value = [...toasts.value.filter((x) => x.text !== text).slice(-2), { id, text, kind, action }];
  setTimeout(() => drop(id), kind === "danger" || action ? 7000 : 3500);
}

/** Says why something failed. */
export function toastError(e: unknown): void {
  if (e instanceof ApiError) toast([sentence(e.problem), hint(e.problem)].filter(Boolean).join(" "), "danger");
  else toast(e instanceof Error ? e.message : String(e), "danger");
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((x) => x.id !== id);
}

/** Place once at the end of a page. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((x) => (
        <div key={x.id} class={"toast toast-" + x.kind} data-test="toast">
          <Icon name={x.kind === "danger" ? "warn" : x.kind === "ok" ? "check" : "info"} />
          <p>{x.text}</p>
          {x.action && <Button onClick={() => { x.action!.run(); drop(x.id); }}>{x.action.text}</Button>}
          <Button icon="close" kind="quiet" label={t("close")} onClick={() => drop(x.id)} />
        </div>
      ))}
    </div>
  );
}

/** A label with its field and, below it, what is wrong or worth knowing. */
export function Field(p: { label: string; children: ComponentChildren; error?: string; note?: string }) {
  return (
    <label class={"field" + (p.error ? " field-bad" : "")}>
      <span class="field-label">{p.label}</span>
      {p.children}
      {(p.error || p.note) && <span class="field-note" role={p.error ? "alert" : undefined}>{p.error ?? p.note}</span>}
    </label>
  );
}

/** One of a few, as a row of buttons. */
export function Choice<T extends string>(p: { label: string; value: T; options: { value: T; text: string; icon?: string; test?: string }[]; onChange: (v: T) => void; disabled?: boolean }) {
  return (
    <div class="choice" role="group" aria-label={p.label}>
      {p.options.map((o) => (
        <button key={o.value} type="button" class="choice-one" aria-pressed={o.value === p.value} disabled={p.disabled}
          data-test={o.test} {...tap(() => p.onChange(o.value))}>
          {o.icon && <Icon name={o.icon} />}<span>{o.text}</span>
        </button>
      ))}
    </div>
  );
}
