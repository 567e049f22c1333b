// Lists as CSV files that open in a German spreadsheet: semicolons, UTF-8 with
// mark, amounts with a comma.

const bom = "\uFEFF";

/** One cell. A text that a spreadsheet would run as a formula is defused. */
export function cell(text: string): string {
  let s = text.replace(/\u00a0/g, " ");
  if (/^[=+@\t\r]/.test(s) || (s.startsWith("-") && !/^-[\d.,]+( €)?$/.test(s))) s = "'" + s;
  return /[";\r\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s;
}

export function csv(head: string[], body: string[][]): string {
  return bom + [head, ...body].map((r) => r.map(cell).join(";")).join("\r\n") + "\r\n";
}

/** Hands a file to the browser. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  URL.revokeObjectURL(url);
}
