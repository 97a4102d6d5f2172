/** One line of a page. Lengths are in the page's units, 1/72 inch; y grows upwards. */
export interface PdfLine {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  /** Of its letters. */
  readonly height: number;
}

interface TextItem {
  readonly str: string;
  /** The last two numbers are where the text begins. */
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
}

/** The lines of a page from the pieces of text that a PDF draws, in the order in which it draws them. */
export function linesOf(items: readonly object[]): PdfLine[] {
  const lines: PdfLine[] = [];
  let open: TextItem[] = [];
  const close = (): void => {
    const line = lineOf(open);
    if (line) lines.push(line);
    open = [];
  };
  for (const item of items.filter(isText)) {
    const last = open.findLast(({ str }) => str.trim() !== "");
    if (last && item.str.trim() !== "" && Math.abs(y(item) - y(last)) > 0.5 * Math.max(item.height, last.height, 1)) close();
    open.push(item);
    if (item.hasEOL) close();
  }
  close();
  return lines;
}

function lineOf(items: readonly TextItem[]): PdfLine | undefined {
  const words = items.filter(({ str }) => str.trim() !== "");
  const [first] = words;
  if (!first) return undefined;
  return {
    text: items.map(({ str }) => str).join("").replace(/\s+/gu, " ").trim(),
    left: Math.min(...words.map(x)),
    right: Math.max(...words.map((item) => x(item) + item.width)),
    y: y(first),
    height: Math.max(...words.map(({ height }) => height)),
  };
}

function isText(item: object): item is TextItem {
  return "str" in item;
}
function x({ transform }: TextItem): number {
  return transform[4] ?? 0;
}
function y({ transform }: TextItem): number {
  return transform[5] ?? 0;
}
