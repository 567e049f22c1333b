// What rows of master data consist of, in the words of pos/catalog. Forms,
// lists, CSV files and the change log are all drawn from these tables.

export type Kind = "article" | "group" | "vat" | "discount" | "tender" | "role" | "employee" |
  "printer" | "company" | "register" | "layout";

/** A row as the box keeps it. What its fields are is said by fields[kind]. */
export interface Row { id: string; [field: string]: unknown }

/** How a field is edited and shown. */
export type FieldType = "text" | "money" | "percent" | "int" | "flag" | "ref" | "choice" | "color" |
  "codes" | "lines" | "rates" | "rights" | "show" | "pin" | "hidden";

export interface Field {
  key: string;
  type: FieldType;
  ref?: Kind;               // of type ref: the table it points into
  choices?: string[];       // of type choice: values; words are office.<kind>.<key>.<value>
  usual?: string;           // of type choice: what an empty value means
  required?: boolean;
  optional?: boolean;       // of type ref: may be empty, with words office.<kind>.<key>.none
  half?: boolean;           // half the width of the form
  min?: number;
  max?: number;
  fixed?: boolean;          // once set it never changes
  mono?: boolean;
}

const name: Field = { key: "name", type: "text", required: true };
const active: Field = { key: "active", type: "flag" };
const sort: Field = { key: "sort", type: "hidden" };

export const fields: Record<Kind, Field[]> = {
  article: [
    name,
    { key: "plu", type: "text", required: true, half: true, mono: true },
    { key: "group", type: "ref", ref: "group", required: true, half: true },
    { key: "price", type: "money", half: true },
    { key: "freePrice", type: "flag", half: true },
    { key: "vat", type: "ref", ref: "vat", required: true, half: true },
    { key: "takeAway", type: "ref", ref: "vat", optional: true, half: true },
    { key: "barcodes", type: "codes" },
    { key: "color", type: "color" },
    active, sort,
  ],
  group: [
    name,
    { key: "parent", type: "ref", ref: "group", optional: true },
    { key: "color", type: "color" },
    { key: "noDiscount", type: "flag" },
    active, sort,
  ],
  vat: [name, { key: "rates", type: "rates" }, active],
  discount: [
    name,
    { key: "code", type: "text", half: true, mono: true },
    { key: "percent", type: "percent", half: true },
    { key: "amount", type: "money", half: true },
    active,
  ],
  tender: [
    name,
    { key: "type", type: "choice", required: true,
      choices: ["Bar", "Unbar", "ECKarte", "Kreditkarte", "ElZahlungsdienstleister", "Guthabenkarte"] },
    { key: "drawer", type: "flag" },
    active, sort,
  ],
  role: [name, { key: "rights", type: "rights" }, active],
  employee: [
    name,
    { key: "fullName", type: "text", required: true },
    { key: "role", type: "ref", ref: "role", required: true, half: true },
    { key: "discountCap", type: "percent", half: true },
    { key: "language", type: "choice", choices: ["", "de", "en"], half: true },
    { key: "pin", type: "pin" },
    active,
  ],
  printer: [
    name,
    { key: "link", type: "text", required: true, mono: true },
    { key: "columns", type: "choice", choices: ["42", "48", "32"], half: true },
    { key: "qr", type: "choice", choices: ["raster", "native"], half: true },
    { key: "codePage", type: "choice", choices: ["cp858", "cp1252", "cp850", "cp437"], half: true },
    { key: "pageNo", type: "int", min: -1, max: 255, half: true },
    { key: "proof", type: "choice", choices: ["status", "processId", "none"], usual: "status" },
    { key: "cut", type: "flag" },
    { key: "drawer", type: "flag" },
    active,
  ],
  company: [
    name,
    { key: "owner", type: "text" },
    { key: "street", type: "text", required: true },
    { key: "zip", type: "text", half: true },
    { key: "city", type: "text", required: true, half: true },
    { key: "phone", type: "text", half: true },
    { key: "email", type: "text", half: true },
    { key: "vatId", type: "text", half: true },
    { key: "taxNumber", type: "text", half: true },
    { key: "show", type: "show" },
    { key: "footer", type: "lines" },
    { key: "timeZone", type: "text", required: true, half: true },
    { key: "currency", type: "text", half: true },
  ],
  register: [name, { key: "serial", type: "text", required: true, fixed: true, mono: true }],
  layout: [
    { key: "columns", type: "int", min: 2, max: 12, half: true },
    { key: "rows", type: "int", min: 2, max: 12, half: true },
    { key: "theme", type: "choice", choices: ["auto", "light", "dark"] },
    { key: "askFloat", type: "flag" },
    { key: "takeAway", type: "flag" },
    { key: "takeAwayFirst", type: "flag" },
    { key: "pinLess", type: "flag" },
    { key: "singleUser", type: "flag" },
    { key: "logoutAfter", type: "flag" },
  ],
};

/** Whole numbers on the wire although they are chosen from a list. */
export const numeric = new Set(["printer.columns"]);

export const kinds = Object.keys(fields) as Kind[];

/** The one-row tables; their id is their kind. */
export const singles: Kind[] = ["company", "register", "layout"];

/** The right that changing a table demands, as the box demands it. */
export function needs(kind: Kind): string {
  if (kind === "article" || kind === "group" || kind === "discount") return "editProducts";
  return kind === "role" || kind === "employee" ? "admin" : "settings";
}

/** The permission flags in the order the office shows them. */
export const rights = ["bill", "voidOrders", "voidReceipts", "discounts", "plusMinus", "moveCash", "closeDay",
  "editProducts", "editStock", "office", "settings", "admin"];

/** Header fields of the receipt that can be switched. */
export const headerFields = ["owner", "phone", "email", "vatId", "taxNumber"];

/** A new row with the usual values. */
export function blank(kind: Kind): Row {
  switch (kind) {
    case "article": return { id: "", plu: "", name: "", group: "", price: 0, vat: "", sort: 0, active: true };
    case "group": return { id: "", name: "", sort: 0, active: true };
    case "vat": return { id: "", name: "", rates: [], active: true };
    case "discount": return { id: "", code: "", name: "", percent: 1000, active: true };
    case "tender": return { id: "", name: "", type: "Unbar", sort: 0, active: true };
    case "role": return { id: "", name: "", rights: ["bill"], active: true };
    case "employee": return { id: "", name: "", fullName: "", role: "", discountCap: 0, active: true };
    case "printer":
      return { id: "", name: "", link: "tcp:", columns: 42, codePage: "cp858", pageNo: -1, qr: "raster", proof: "status", cut: true,
        drawer: false, active: true };
    case "company":
      return { id: "company", name: "", street: "", zip: "", city: "", timeZone: "Europe/Berlin", currency: "EUR" };
    case "register": return { id: "register", serial: "", name: "" };
    case "layout": return { id: "layout", columns: 5, rows: 4, askFloat: true, theme: "auto" };
  }
}

/** An id made from a name, not yet taken: letters, digits and minus. */
export function newId(from: string, taken: ReadonlySet<string>): string {
  const plain = from.toLowerCase().replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue").replace(/ß/g, "ss")
    .normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "")
    .slice(0, 32).replace(/-+$/, "") || "x";
  let id = plain;
  for (let n = 2; taken.has(id); n++) id = `${plain}-${n}`;
  return id;
}
