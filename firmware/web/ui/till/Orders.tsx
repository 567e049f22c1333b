// Orders that wait: parked ones, and those begun on other screens.

import { Dialog, Empty } from "../shared/components";
import { money, time } from "../shared/format";
import { t } from "../shared/i18n";
import { openAmount, resume, waitingOrders } from "./actions";
import { close } from "./dialogs";

export function OrdersDialog() {
  const list = waitingOrders();
  return (
    <Dialog title={t("orders.title")} size="l" onClose={close} test="orders-dialog">
      {list.length === 0 ? <Empty icon="list" title={t("orders.none")}>{t("orders.noneHint")}</Empty> : (
        <ul class="cards">
          {list.map((o) => (
            <li key={o.id}>
              <button type="button" class="card" data-test={"order-" + o.id} onClick={() => { close(); resume(o); }}>
                <span class="card-head"><b>{o.label || t("till.orderNo", { n: o.number })}</b><span class="num">{time(o.at)}</span></span>
                <span class="card-lines">{o.lines.slice(0, 3).map((l) => l.name).join(", ")}{o.lines.length > 3 ? " …" : ""}</span>
                <span class="card-foot"><span class="muted">{o.parked ? "" : t("orders.elsewhere")}</span><b class="num">{money(openAmount(o))}</b></span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
