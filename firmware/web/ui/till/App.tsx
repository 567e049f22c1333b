// The till as a whole: status line, banners, the order beside the articles, or
// what must be done before anything can be sold.

import { Banner, Button, Loading, Toasts } from "../shared/components";
import { t } from "../shared/i18n";
import { KeysDialog, MenuDialog } from "./Menu";
import { logout } from "./logout";
import { CashDialog, CloseDayDialog, ForceDialog } from "./ShiftDialogs";
import { CancelDialog, ParkDialog, PriceDialog, QtyDialog } from "./Entry";
import { ClosingDialog, ClosingsDialog, ReportDialog, ShiftSheetDialog } from "./Reports";
import { ReceiptDialog, ReceiptsDialog, VoidDialog } from "./Receipts";
import { dialog } from "./dialogs";
import { DiscountDialog } from "./Discount";
import { Grid } from "./Grid";
import { mine, takeOver } from "./lease";
import { OrderPane } from "./OrderPane";
import { OrdersDialog } from "./Orders";
import { Pay } from "./Pay";
import { CountShift, OpenShift } from "./ShiftScreens";
import { Notice } from "./Notice";
import { StateDialog, StatusBar } from "./StatusBar";
import { catalog, queue, ready, shift, status } from "./store";

export function App() {
  if (!mine.value) return <Elsewhere />;
  if (!ready.value) return <><Notice /><Loading /><Banners /></>;
  return (
    <div class="till">
      <StatusBar />
      <Banners />
      <Main />
      <Asked />
      <Toasts />
    </div>
  );
}

function Main() {
  const s = shift.value;
  if (!s) return <main class="main"><OpenShift /></main>;
  if (s.state === "counting") return <main class="main"><CountShift /></main>;
  return <main class="main sale"><OrderPane /><Grid /></main>;
}

function Banners() {
  const foreign = queue.foreign.value;
  const n = foreign ? queue.waiting.value : 0; // not to be drawn again with every tap
  const name = catalog.value?.employees.find((e) => e.id === foreign)?.name ?? foreign;
  return (
    <>
      {status.value?.signing.demo && <Banner kind="info" icon="info" test="demo">{t("banner.demo")}</Banner>}
      {foreign && (
        <Banner kind="warn" icon="user" test="foreign" action={<>
          <Button onClick={() => void logout()}>{t("banner.foreignLogin", { name })}</Button>
          <Button onClick={() => queue.adopt()}>{t("banner.foreignMine")}</Button>
        </>}>{t("banner.foreign", { name, n })}</Banner>
      )}
    </>
  );
}

function Elsewhere() {
  return (
    <main class="screen"><div class="panel">
      <h1>{t("elsewhere.title")}</h1>
      <p class="muted">{t("elsewhere.hint")}</p>
      <div class="panel-foot"><Button kind="primary" big onClick={takeOver} test="take-over">{t("elsewhere.here")}</Button></div>
    </div></main>
  );
}

function Asked() {
  const d = dialog.value;
  switch (d?.kind) {
    case "pay": return <Pay tender={d.tender} />;
    case "price": return <PriceDialog article={d.article} qty={d.qty} />;
    case "qty": return <QtyDialog line={d.line} />;
    case "discount": return <DiscountDialog line={d.line} />;
    case "park": return <ParkDialog />;
    case "orders": return <OrdersDialog />;
    case "cancel": return <CancelDialog />;
    case "menu": return <MenuDialog />;
    case "keys": return <KeysDialog />;
    case "receipts": return <ReceiptsDialog />;
    case "receipt": return <ReceiptDialog key={d.number} number={d.number} qr={d.qr} />;
    case "void": return <VoidDialog number={d.number} />;
    case "cash": return <CashDialog />;
    case "report": return <ReportDialog />;
    case "closings": return <ClosingsDialog />;
    case "closing": return <ClosingDialog number={d.number} />;
    case "shiftSheet": return <ShiftSheetDialog id={d.id} />;
    case "closeDay": return <CloseDayDialog />;
    case "force": return <ForceDialog />;
    case "state": return <StateDialog of={d.of} />;
  }
  return null;
}
