// The company: what stands at head and foot of every receipt, with the receipt
// beside it as it will look.

import { Banner, Loading } from "../shared/components";
import { t } from "../shared/i18n";
import { PaperView } from "../shared/paper";
import type { Paper, PaperLine } from "../shared/types";
import type { Draft } from "./draft";
import { History } from "./diff";
import { Fields, Foot, Notes, useDraft, useGuard } from "./form";
import { Failed, Head } from "./parts";
import { SettingsTabs } from "./people";
import { find, reload, table } from "./rows";
import { blank } from "./schema";
import type { Kind, Row } from "./schema";

/** The form of a one-row table, with something beside it. */
export function SinglePage({ kind, page, beside, about }: { kind: Kind; page: string; beside(d: Draft): preact.ComponentChildren; about: string }) {
  const load = table(kind).value;
  if (load.error) return <div class="page"><Failed error={load.error} again={() => void reload(kind)} /></div>;
  if (!load.data) return <Loading />;
  const row = load.data.find((r) => r.id === kind) ?? blank(kind);
  return <Single key={kind} kind={kind} page={page} row={row} beside={beside} about={about} />;
}

function Single({ kind, page, row, beside, about }: { kind: Kind; page: string; row: Row; beside(d: Draft): preact.ComponentChildren; about: string }) {
  const draft = useDraft(kind, kind, row);
  const save = useGuard(draft, () => undefined);
  return (
    <div class="page" data-test={`page-${page}`}>
      <SettingsTabs now={page} />
      <Head title={t(`office.nav.${page}`)} sub={about} />
      <div class="two">
        <div class="card">
          <Notes draft={draft} />
          <form onSubmit={(e) => { e.preventDefault(); void save(); }} data-test="form" autocomplete="off"><Fields draft={draft} /><button type="submit" hidden /></form>
          <div class="card-foot"><Foot draft={draft} save={save} /></div>
          <History kind={kind} id={kind} />
        </div>
        <div class="beside">{beside(draft)}</div>
      </div>
    </div>
  );
}

export function CompanyPage() {
  return <SinglePage kind="company" page="company" about={t("office.company.about")} beside={(d) => <Preview draft={d} />} />;
}

function Preview({ draft }: { draft: Draft }) {
  return (
    <>
      <p class="beside-title">{t("office.company.preview")}</p>
      <div class="desk"><PaperView paper={sample(draft.row.value)} test="preview" /></div>
      <Register />
    </>
  );
}

function Register() {
  const load = table("register").value;
  const row = find("register", "register");
  if (!load.data) return null;
  return row ? <RegisterForm row={row} /> : <RegisterForm row={blank("register")} />;
}

function RegisterForm({ row }: { row: Row }) {
  const draft = useDraft("register", "register", row);
  const save = useGuard(draft, () => undefined);
  return (
    <section class="card">
      <h2>{t("office.kind.register")}</h2>
      {!row["serial"] && <Banner kind="warn">{t("office.register.once")}</Banner>}
      <Notes draft={draft} />
      <form onSubmit={(e) => { e.preventDefault(); void save(); }}><Fields draft={draft} /><button type="submit" hidden /></form>
      <div class="card-foot"><Foot draft={draft} save={save} /></div>
    </section>
  );
}

const width = 42;

/** A short receipt with the head and foot of the form. It shows the look; the real one is laid out by the box. */
function sample(x: Row): Paper {
  const text = (key: string): string => String(x[key] ?? "").trim();
  const show = (x["show"] as string[] | null | undefined) ?? [];
  const lines: PaperLine[] = [{ text: text("name") || " ", bold: true, tall: true, align: "center" }];
  const center = (s: string) => { if (s.trim()) lines.push({ text: s.trim().slice(0, width), align: "center" }); };
  const shown = (key: string, before: string) => { if (show.includes(key) && text(key)) center(before + text(key)); };
  shown("owner", "Inh. ");
  center(text("street"));
  center(`${text("zip")} ${text("city")}`);
  shown("phone", "Tel. ");
  shown("email", "");
  shown("vatId", "USt-IdNr. ");
  shown("taxNumber", "Steuernummer ");
  lines.push({ rule: true }, pair("Beleg 1042", "21.11.2026 14:05"), { rule: true });
  lines.push(pair("Cappuccino", "3,80 B"), pair("Käsekuchen", "4,20 A"), { rule: true });
  lines.push({ ...pair("SUMME", "8,00 €"), bold: true, tall: true }, pair("Bar", "8,00"), { rule: true });
  for (const f of (x["footer"] as string[] | null | undefined) ?? []) center(f);
  lines.push({ feed: 1 });
  return { columns: width, lines };
}

function pair(left: string, right: string): PaperLine {
  return { text: left + " ".repeat(Math.max(1, width - left.length - right.length)) + right };
}
