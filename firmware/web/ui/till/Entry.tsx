// Small dialogs that ask for one thing: a price, a quantity, a name.

import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Button, Dialog, Field } from "../shared/components";
import { money, parseQty, qty } from "../shared/format";
import { t } from "../shared/i18n";
import { Keypad, keyOf, typeCents, typeText } from "../shared/keypad";
import type { Key } from "../shared/keypad";
import type { Article, Line } from "../shared/types";
import { cancelOrder, changeQty, park, put, voidLine } from "./actions";
import { close } from "./dialogs";
import { may, order } from "./store";

/** A figure typed on the keypad or the keyboard, large above the keys. */
export function KeyEntry(p: { title: string; shown: string; onKey: (k: Key) => void; onEnter: () => void; left: "," | "00"; children: ComponentChildren; test: string; note?: string }) {
  const key = (e: KeyboardEvent) => {
    const k = keyOf(e);
    if (k) p.onKey(k);
    if (e.key === "Enter" && !(e.target instanceof HTMLButtonElement)) p.onEnter();
    if (k || e.key === "Enter") e.stopPropagation();
  };
  return (
    <Dialog title={p.title} size="s" onClose={close} test={p.test} foot={p.children}>
      <div class="entry" onKeyDown={key} tabIndex={-1} data-autofocus>
        {p.note && <p class="muted">{p.note}</p>}
        <output class="entry-shown num" data-test="entry">{p.shown}</output>
        <Keypad onKey={p.onKey} left={p.left} />
      </div>
    </Dialog>
  );
}

export function PriceDialog({ article, qty: n }: { article: Article; qty: number }) {
  const [cents, set] = useState(article.price);
  const [fresh, used] = useState(true); // the first digit replaces the proposed price
  const type = (k: Key) => {
    set(typeCents(fresh ? 0 : cents, k));
    used(false);
  };
  const add = () => {
    close();
    put(article, n, cents);
  };
  return (
    <KeyEntry title={article.name} shown={money(cents)} onKey={type} onEnter={add} left="00" test="price-dialog"
      note={n === 1000 ? t("price.ask") : t("price.askEach", { n: qty(n) })}>
      <Button big wide kind="primary" onClick={add} test="price-ok">{t("price.add")}</Button>
    </KeyEntry>
  );
}

export function QtyDialog({ line }: { line: Line }) {
  const [text, set] = useState("");
  const value = text === "" ? line.qty : parseQty(text);
  const ok = value !== undefined && value > 0 && value <= 99_999_000;
  const save = () => {
    if (!ok) return;
    close();
    changeQty(order.value?.lines.find((l) => l.id === line.id) ?? line, value);
  };
  return (
    <KeyEntry title={line.name} shown={text || qty(line.qty)} onKey={(k) => set(typeText(text, k, 3))} onEnter={save} left="," test="qty-dialog" note={t("qty.ask")}>
      <Button icon="trash" kind="danger" big disabled={!may("voidOrders")} onClick={() => { close(); voidLine(line); }} test="qty-void">{t("qty.void")}</Button>
      <Button big kind="primary" disabled={!ok} onClick={save} test="qty-ok">{t("qty.ok")}</Button>
    </KeyEntry>
  );
}

export function ParkDialog() {
  const [label, set] = useState(order.value?.label ?? "");
  const go = (name: string) => {
    close();
    park(name.trim());
  };
  const tables = Array.from({ length: 12 }, (_, i) => t("park.table", { n: i + 1 }));
  return (
    <Dialog title={t("till.park")} size="m" onClose={close} test="park-dialog"
      foot={<Button kind="primary" big type="submit" form="park" test="park-ok">{t("park.ok")}</Button>}>
      <form id="park" onSubmit={(e) => { e.preventDefault(); go(label); }}>
        <Field label={t("park.name")} note={t("park.note")}>
          <input class="text" value={label} maxLength={60} autocomplete="off" data-test="park-label" data-autofocus onInput={(e) => set(e.currentTarget.value)} />
        </Field>
        <div class="chips">{tables.map((x) => <Button key={x} onClick={() => go(x)}>{x}</Button>)}</div>
      </form>
    </Dialog>
  );
}

export function CancelDialog() {
  const o = order.value;
  if (!o) return null;
  return (
    <Dialog title={t("till.cancelOrder")} size="s" onClose={close} test="cancel-dialog" foot={<>
      <Button big onClick={close}>{t("cancel.keep")}</Button>
      <Button big kind="danger" icon="trash" onClick={() => { close(); cancelOrder(o); }} test="cancel-ok">{t("cancel.ok")}</Button>
    </>}>
      <p>{t("cancel.ask", { n: o.lines.length })}</p>
    </Dialog>
  );
}
