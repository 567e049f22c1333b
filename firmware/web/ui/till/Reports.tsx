// Reports on paper: the X report, the sheet of a shift, the Z and their list.

import { Button, Dialog, Empty, Failure, Loading } from "../shared/components";
import { dateTime, money } from "../shared/format";
import { t } from "../shared/i18n";
import { PaperView } from "../shared/paper";
import type { Closing, Paper } from "../shared/types";
import { confirmed, reprint } from "./actions";
import { ask, close } from "./dialogs";
import { useLoad } from "./load";
import { toast } from "../shared/components";

interface Sheet { paper: Paper }

function SheetDialog(p: { title: string; path: string; test: string; print: string; onPrint: () => void }) {
  const x = useLoad<Sheet>(p.path);
  return (
    <Dialog title={p.title} size="m" onClose={close} test={p.test}
      foot={x.data && <Button icon="printer" kind="primary" onClick={p.onPrint} test={p.test + "-print"}>{p.print}</Button>}>
      {x.error ? <Failure error={x.error} retry={x.again} /> : x.data ? <PaperView paper={x.data.paper} /> : <Loading />}
    </Dialog>
  );
}

export function ReportDialog() {
  const print = async () => {
    if (await confirmed("report", {})) toast(t("till.reprinted"), "ok");
  };
  return <SheetDialog title={t("report.title")} path="/api/v1/report" test="report" print={t("report.print")} onPrint={() => void print()} />;
}

export function ShiftSheetDialog({ id }: { id: number }) {
  return <SheetDialog title={t("shift.sheetOf", { n: id })} path={"/api/v1/shifts/" + id} test="sheet" print={t("till.reprint")} onPrint={() => void reprint({ shift: id })} />;
}

export function ClosingDialog({ number }: { number: number }) {
  return <SheetDialog title={t("z.number", { n: number })} path={"/api/v1/closings/" + number} test="closing" print={t("till.reprint")} onPrint={() => void reprint({ closing: number })} />;
}

export function ClosingsDialog() {
  const x = useLoad<{ rows: Closing[] }>("/api/v1/closings");
  const rows = [...(x.data?.rows ?? [])].sort((a, b) => b.number - a.number);
  return (
    <Dialog title={t("z.list")} side onClose={close} test="closings-dialog">
      {x.error ? <Failure error={x.error} retry={x.again} /> : !x.data ? <Loading />
        : rows.length === 0 ? <Empty icon="lock" title={t("z.none")}>{t("z.noneHint")}</Empty>
        : <ul class="rows">{rows.map((z) => (
          <li key={z.number}>
            <button type="button" class="row-button" data-test={"closing-" + z.number} onClick={() => ask({ kind: "closing", number: z.number })}>
              <b class="num row-number">Z {z.number}</b>
              <span class="row-words"><span class="num">{dateTime(z.at)}</span><small class="muted">{z.byName}</small></span>
              <b class="num row-sum">{money(z.totals.turnover)}</b>
            </button>
          </li>))}</ul>}
    </Dialog>
  );
}
