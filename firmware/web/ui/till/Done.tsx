// The sale just paid: how much change, and what one may want next. The next
// sale begins with the next article, without another tap.

import { Button } from "../shared/components";
import { money } from "../shared/format";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { nextSale, reprint } from "./actions";
import { ask } from "./dialogs";
import { may } from "./store";
import type { Done } from "./store";

export function DoneCard({ d }: { d: Done }) {
  const cash = d.given > 0;
  return (
    <div class="done" data-test="done">
      <div class="done-head">
        <p class="done-title"><Icon name="check" />{t("till.paid")}</p>
        <Button icon="undo" kind="danger" disabled={!d.receipt || !may("voidReceipts")} onClick={() => ask({ kind: "void", number: d.receipt! })} test="done-void" class="done-void">{d.receipt ? t("void.ask", { n: d.receipt }) : t("till.void")}</Button>
      </div>
      <div class="done-sums">
        <p class="done-label">{cash ? t("till.change") : d.tenders.join(" + ")}</p>
        <p class="done-change num" data-test="change">{money(cash ? d.change : d.total + d.tip)}</p>
        <dl class="done-detail num">
          <div><dt>{t("till.total")}</dt><dd>{money(d.total)}</dd></div>
          {d.tip > 0 && <div><dt>{t("till.tip")}</dt><dd>{money(d.tip)}</dd></div>}
          {cash && <div><dt>{t("till.given")}</dt><dd>{money(d.given)}</dd></div>}
        </dl>
      </div>
      <p class="done-receipt muted" role="status" data-test="done-receipt">
        {d.receipt ? t("till.receiptNo", { n: d.receipt }) : <><span class="spin" aria-hidden="true" />{t("till.receiptPending")}</>}
      </p>
      <div class="done-tools">
        <Button icon="qr" disabled={!d.receipt} onClick={() => ask({ kind: "receipt", number: d.receipt!, qr: true })} test="done-qr">{t("till.showQR")}</Button>
        <Button icon="printer" disabled={!d.receipt} onClick={() => void reprint({ receipt: d.receipt! })} test="done-reprint">{t("till.reprint")}</Button>
      </div>
      <Button kind="primary" big wide onClick={nextSale} test="next-sale" fast>{t("till.nextSale")}</Button>
    </div>
  );
}
