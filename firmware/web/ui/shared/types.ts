// The shapes of the API (firmware/web/API.md): the JSON forms of pos/till and
// pos/catalog. Money is integer cents, quantities are thousandths, rates are
// basis points.

export type Right =
  | "voidReceipts" | "voidOrders" | "discounts" | "plusMinus" | "editProducts" | "editStock"
  | "moveCash" | "settings" | "office" | "bill" | "closeDay" | "admin";

export interface Session { employee: string; name: string; rights: Right[]; discountCap: number; language?: string }

export interface Article {
  id: string; plu: string; name: string; group: string; price: number; freePrice?: boolean;
  vat: string; takeAway?: string; barcodes?: string[]; color?: string; sort: number; active: boolean;
}
export interface Group { id: string; name: string; parent?: string; color?: string; sort: number; noDiscount?: boolean; active: boolean }
export interface DatedRate { from: string; rate: number; key: number }
export interface VATClass { id: string; name: string; rates: DatedRate[]; active: boolean }
export interface NamedDiscount { id: string; code: string; name: string; percent?: number; amount?: number; active: boolean }
export interface Tender { id: string; name: string; type: string; drawer?: boolean; sort: number; active: boolean }
export interface Role { id: string; name: string; rights: Right[]; active: boolean }
export interface Employee { id: string; name: string; fullName: string; role: string; pin?: string; discountCap: number; language?: string; active: boolean }
export interface Company {
  id: string; name: string; owner?: string; street: string; zip: string; city: string; phone?: string; email?: string;
  vatId?: string; taxNumber?: string; show?: string[]; footer?: string[]; timeZone: string; currency: string;
}
export interface Register { id: string; serial: string; name: string }
export interface Printer {
  id: string; name: string; link: string; columns: number; codePage: string; pageNo: number; qr: string;
  cut: boolean; drawer: boolean; active: boolean;
}
export interface Layout {
  id: string; columns: number; rows: number; askFloat: boolean; pinLess: boolean; singleUser: boolean;
  logoutAfter: boolean; takeAway: boolean; takeAwayFirst: boolean; theme: "light" | "dark" | "auto";
}

export interface Tax { key: number; rate: number }
export interface Discount { id?: string; name: string; percent?: number; amount?: number; by?: string }
export interface Line {
  id: string; article: string; plu: string; name: string; group: string; qty: number; price: number;
  eatIn: Tax; takeAway: Tax; noRebate?: boolean; discount?: Discount; by: string; at: string;
}
export interface Payment { tender: string; name: string; type: string; amount: number; given?: number; tip?: number; drawer?: boolean }
export interface Order {
  id: string; number: number; label?: string; by: string; at: string; takeAway?: boolean; parked?: boolean;
  lines: Line[]; discount?: Discount; payments?: Payment[];
}

export interface VATSum extends Tax { gross: number; net: number; vat: number }
export interface Sold {
  id?: string; article: string; plu: string; name: string; group: string; qty: number; price: number;
  rebate?: string; discount?: number; share?: number; total: number; tax: Tax; at: string; by?: string;
}
export interface Receipt {
  number: number; kind: string; process: string; shift: number; started: string; ended: string; by: string; byName: string;
  label?: string; takeAway?: boolean; lines?: Sold[]; discount?: Discount; saved?: number; vat?: VATSum[]; total: number;
  tip?: number; payments?: Payment[]; change?: number; voidOf?: number; reason?: string; header: number;
}
export interface Outage { since: string; until?: string; reason: string }
export interface Seal {
  regime: string; serial?: string; transaction?: number; counter?: number; start?: string; end?: string;
  demo?: boolean; outage?: Outage; signature?: string;
}

export interface TenderSum { name: string; type: string; count: number; amount: number; tips?: number }
export interface Sum { name: string; qty?: number; count?: number; amount: number }
export interface CashMove { receipt: number; kind: string; amount: number; note?: string }
export interface Totals {
  first?: number; last?: number; receipts: number; voids: number; voidSum: number; turnover: number; discounts: number;
  tips: number; vat: VATSum[] | null; tenders: Record<string, TenderSum>; groups: Record<string, Sum>; staff: Record<string, Sum>;
  float: number; deposits: number; withdrawals: number; difference: number; cash: number; lineVoids: number;
  lineVoidSum: number; cancelled: number; drawerOpens: number; unsigned: number; shifts?: number[]; moves?: CashMove[];
}
export type Count = Record<string, number>;
export interface Shift {
  id: number; state: "open" | "counting" | "closed"; by: string; byName: string; at: string; float: number; floatOf?: Count;
  note?: string; totals: Totals; closed?: string; closedBy?: string; counted: number; countOf?: Count; expected: number;
  diff: number; reason?: string; forced?: boolean; rescued?: number; closing?: number;
}
export interface Closing {
  number: number; by: string; byName: string; start: string; at: string; fromSeq: number; toSeq: number; totals: Totals;
  grand: number; orders: number; header: number; serial: string; outaged?: boolean;
}
export interface ReceiptRow {
  number: number; seq: number; at: string; kind: string; total: number; tip?: number; by: string; byName: string;
  shift: number; closing?: number; label?: string; order?: string; tenders: string[]; voidOf?: number; voidedBy?: number; signed: boolean;
}

export interface PaperLine {
  text?: string; bold?: boolean; invert?: boolean; wide?: boolean; tall?: boolean; align?: "left" | "center" | "right";
  rule?: boolean; qr?: { data: string; rows: string[] }; feed?: number; cut?: boolean;
}
export interface Paper { columns: number; lines: PaperLine[] }

export interface Catalog {
  articles: Article[]; groups: Group[]; vat: VATClass[]; discounts: NamedDiscount[]; tenders: Tender[];
  employees: { id: string; name: string }[]; layout: Layout;
}
export interface View {
  seq: number; box: string; time: string; company: Company; register: Register; catalog: Catalog;
  orders: Record<string, Order>; shift: Shift | null; day: Totals; receipts: number; closings: number;
  last: ReceiptRow | null; outage: Outage | null;
}
/** A patch has the changed top-level fields of View; in orders, null means gone. */
export type Patch = Partial<Omit<View, "orders">> & { orders?: Record<string, Order | null> };

export type Severity = "ok" | "info" | "warn" | "fail";
export interface Check { code: string; title: string; severity: Severity; message: string; hint: string; since?: string }
export interface SigningStatus { state: "ok" | "out" | "none"; demo: boolean; message: string; hint: string; since?: string }
export interface PrinterStatus { id: string; name: string; state: "ok" | "waiting" | "off"; message: string; hint: string; since?: string; jobs: number }
export interface Status { signing: SigningStatus; printers: PrinterStatus[] | null; drawer: { state: "open" | "closed" | "unknown" }; checks: Check[] | null }
export interface Job { id: string; stage: string; progress: number; done: boolean; error?: string }

export interface Problem { code: string; message: string; hint?: string; args?: Record<string, unknown> }
export interface Command { n: number; op: string; args: Record<string, unknown> }
export interface Result { n: number; ok: boolean; seq?: number; receipt?: number; closing?: number; repeated?: boolean; error?: Problem }
export interface Answer { seq: number; results: Result[]; receipts?: { receipt: Receipt; seal: Seal | null }[] }
