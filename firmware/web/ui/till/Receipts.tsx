// Receipts: the list with its search, one receipt as it stands on paper, and
// its void.

import { useEffect, useState } from "preact/hooks";
import { get, query } from "../shared/api";
import { Banner, Button, Dialog, Empty, Failure, Loading, toast } from "../shared/components";
import { dateTime, money, time } from "../shared/format";
import { known, t } from "../shared/i18n";
import { PaperView, QR, qrOf } from "../shared/paper";
import type { Paper, Receipt, ReceiptRow, Seal } from "../shared/types";
import { confirmed, reprint } from "./actions";
import { ask, close } from "./dialogs";
import { useLoad } from "./load";
import { Reason } from "./ShiftDialogs";
import { last, may } from "./store";

interface Page { rows: ReceiptRow[]; more: boolean }
interface One { receipt: Receipt; seal: Seal | null; voidedBy?: number; paper: Paper }

const kindName = (k: string) => (known("kind." + k) ? t("kind." + k) : k);

export function ReceiptsDialog() {
  const [q, setQ] = useState("");
  const [asked, setAsked] = useState("");
  const [older, setOlder] = useState<ReceiptRow[]>([]);
  const [more, setMore] = useState<boolean | undefined>(undefined);
  const first = useLoad<Page>("/api/v1/receipts" + query({ q: asked, limit: 40 }));
  useEffect(() => {
    const timer = setTimeout(() => { setAsked(q.trim()); setOlder([]); setMore(undefined); }, 250);
    return () => clearTimeout(timer);
  }, [q]);
  const rows = [...(first.data?.rows ?? []), ...older];
  const next = async () => {
    const p = await get<Page>("/api/v1/receipts" + query({ q: asked, limit: 40, before: rows[rows.length - 1]?.number })).catch(() => undefined);
    if (!p) return;
    setOlder([...older, ...p.rows]);
    setMore(p.more);
  };
  return (
    <Dialog title={t("receipts.title")} side onClose={close} test="receipts-dialog">
      <label class="search search-block"><span class="sr">{t("receipts.search")}</span>
        <input type="text" inputMode="search" placeholder={t("receipts.search")} value={q} data-test="receipts-search" data-autofocus onInput={(e) => setQ(e.currentTarget.value)} />
      </label>
      {first.error ? <Failure error={first.error} retry={first.again} /> : !first.data ? <Loading />
        : rows.length === 0 ? <Empty icon="receipt" title={t(asked ? "receipts.notFound" : "receipts.none")}>{t(asked ? "receipts.notFoundHint" : "receipts.noneHint")}</Empty>
        : <ul class="rows">{rows.map((r) => <Row key={r.number} r={r} />)}</ul>}
      {(more ?? first.data?.more) && <Button wide onClick={() => void next()} test="receipts-more">{t("receipts.more")}</Button>}
    </Dialog>
  );
}

function Row({ r }: { r: ReceiptRow }) {
  const today = dateTime(r.at).slice(0, 10) === dateTime(Date.now()).slice(0, 10);
  return (
    <li>
      <button type="button" class={"row-button" + (r.voidedBy ? " row-void" : "")} data-test={"receipt-" + r.number} onClick={() => ask({ kind: "receipt", number: r.number })}>
        <b class="num row-number">{r.number}</b>
        <span class="row-words">
          <span>{r.kind === "sale" ? r.tenders.join(" + ") : kindName(r.kind)}{r.label ? " · " + r.label : ""}</span>
          <small class="muted num">{today ? time(r.at) : dateTime(r.at)} · {r.byName}{r.voidedBy ? " · " + t("receipts.voidedBy", { n: r.voidedBy }) : ""}{r.signed ? "" : " · " + t("receipts.unsigned")}</small>
        </span>
        <b class="num row-sum">{money(r.total)}</b>
      </button>
    </li>
  );
}

export function ReceiptDialog({ number, qr }: { number: number; qr?: boolean }) {
  const one = useLoad<One>("/api/v1/receipts/" + number);
  const [big, setBig] = useState(!!qr);
  const x = one.data, code = x && qrOf(x.paper);
  const voidable = x && x.receipt.kind === "sale" && !x.voidedBy && may("voidReceipts");
  return (
    <Dialog title={t("till.receiptNo", { n: number })} size="m" onClose={close} test="receipt-dialog" foot={x && <>
      {voidable && <Button kind="danger" icon="undo" onClick={() => ask({ kind: "void", number })} test="receipt-void" class="apart">{t("void.ask", { n: number })}</Button>}
      {code && <Button icon="qr" pressed={big} onClick={() => setBig(!big)} test="receipt-qr">{t("till.showQR")}</Button>}
      <Button icon="printer" kind="primary" onClick={() => void reprint({ receipt: number })} test="receipt-reprint">{t("till.reprint")}</Button>
    </>}>
      {one.error ? <Failure error={one.error} retry={one.again} /> : !x ? <Loading /> : <>
        {x.voidedBy ? <Banner kind="info" icon="undo">{t("receipts.isVoided", { n: x.voidedBy })}</Banner> : null}
        {big && code ? <div class="qr-big"><QR rows={code} label={t("paper.qr")} /><p class="muted">{t("receipt.qrHint")}</p></div> : <PaperView paper={x.paper} />}
      </>}
    </Dialog>
  );
}

export function VoidDialog({ number }: { number: number }) {
  const [reason, set] = useState("");
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    const r = await confirmed("voidReceipt", { receipt: number, reason: reason.trim() });
    setBusy(false);
    if (!r) return;
    toast(t("void.done", { n: number, by: r.receipt ?? 0 }), "ok");
    if (r.receipt) ask({ kind: "receipt", number: r.receipt });
    else close();
  };
  return (
    <Dialog title={t("void.ask", { n: number })} size="m" onClose={close} test="void-dialog" foot={<>
      <Button big onClick={close}>{t("cancel")}</Button>
      <Button kind="danger" big icon="undo" busy={busy} disabled={!reason.trim()} onClick={() => void go()} test="void-ok">{t("void.now", { n: number })}</Button>
    </>}>
      <p>{t("void.hint", { n: number })}</p>
      <Reason value={reason} set={set} label={t("void.reason")} ideas={[t("void.idea1"), t("void.idea2"), t("void.idea3")]} />
    </Dialog>
  );
}

/** The last receipt, one tap away from anywhere. */
export function openLast(): void {
  if (last.value) ask({ kind: "receipt", number: last.value.number });
  else ask({ kind: "receipts" });
}
