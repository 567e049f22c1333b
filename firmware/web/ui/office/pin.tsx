// Setting an employee's PIN. The box keeps only a hash of it.

import { useState } from "preact/hooks";
import { Banner, Button, Dialog, Field, toast } from "../shared/components";
import { post } from "../shared/api";
import { t } from "../shared/i18n";
import type { Draft } from "./draft";
import { failure } from "./load";
import { may } from "./me";
import { reload, version } from "./rows";

const least = 4, most = 8;

export function PinButton({ draft }: { draft: Draft }) {
  const [open, setOpen] = useState(false);
  const has = Boolean(draft.row.value["pin"]);
  if (draft.isNew) return <Banner kind="info" icon="lock">{t("office.pin.later")}</Banner>;
  return (
    <section class="pin-box">
      <Banner kind={has ? "ok" : "warn"} icon="lock" action={may("admin") && <Button onClick={() => setOpen(true)} test="pin">{t(has ? "office.pin.change" : "office.pin.make")}</Button>}>
        {t(has ? "office.pin.has" : "office.pin.hasNot", { name: String(draft.base.value["name"]) })}
      </Banner>
      {open && <PinDialog employee={draft.base.value.id} name={String(draft.base.value["name"])} onDone={() => setOpen(false)} />}
    </section>
  );
}

function PinDialog({ employee, name, onDone }: { employee: string; name: string; onDone(): void }) {
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (pin.length < least || pin.length > most || /\D/.test(pin)) return setWrong(t("office.pin.rule", { least, most }));
    if (/^(\d)\1*$/.test(pin) || "0123456789876543210".includes(pin)) return setWrong(t("office.pin.simple"));
    if (pin !== again) return setWrong(t("office.pin.differ"));
    setBusy(true);
    try {
      await post("/api/v1/pin", { employee, pin });
      version.value++;
      await reload("employee");
      toast(t("office.pin.saved", { name }), "ok");
      onDone();
    } catch (e) {
      setWrong(failure(e).message);
      setBusy(false);
    }
  };
  const field = (label: string, value: string, put: (s: string) => void, test: string, first = false) => (
    <Field label={label}>
      <input type="password" inputMode="numeric" autocomplete="new-password" maxLength={most} value={value} data-test={test} data-autofocus={first ? "" : undefined}
        onInput={(e) => { put(e.currentTarget.value); setWrong(""); }} />
    </Field>
  );
  return (
    <Dialog title={t("office.pin.title", { name })} size="s" onClose={onDone} test="pin-dialog"
      foot={<><Button onClick={onDone}>{t("cancel")}</Button><Button kind="primary" busy={busy} onClick={() => void save()} test="pin-save">{t("office.pin.save")}</Button></>}>
      <form class="stack" onSubmit={(e) => { e.preventDefault(); void save(); }}>
        {field(t("office.pin.new"), pin, setPin, "pin-new", true)}
        {field(t("office.pin.again"), again, setAgain, "pin-again")}
        <p class={wrong ? "field-note bad" : "field-note"} role={wrong ? "alert" : undefined}>{wrong || t("office.pin.rule", { least, most })}</p>
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
