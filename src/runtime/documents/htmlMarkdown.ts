import TurndownService from "turndown";

/**
 * HTML of a converted document as Markdown: headings, lists and tables. Bold and italic words and links become plain
 * words and nothing is escaped, so that a passage reads as it does on paper and quotes of it are found.
 */
export function markdownOf(html: string): string {
  if (html.trim() === "") return "";
  const service = new TurndownService({ headingStyle: "atx", bulletListMarker: "-", hr: "---" });
  service.escape = (text) => text;
  service.addRule("emphasis", { filter: ["strong", "em", "b", "i", "sup", "sub"], replacement: (content) => content });
  service.addRule("link", { filter: "a", replacement: (content) => (content === "↑" ? "" : content) });
  service.addRule("picture", { filter: "img", replacement: () => "" });
  service.addRule("item", {
    filter: "li",
    replacement: (content, node, { bulletListMarker }) => {
      const list = node.parentNode as HTMLElementLike | null;
      const number = 1 + Array.from(list?.children ?? []).indexOf(node as unknown as HTMLElementLike);
      const isNote = /^(?:foot|end)note-/.test((node as unknown as HTMLElementLike).id);
      const mark = isNote ? `[${number}]` : list?.nodeName === "OL" ? `${number}.` : (bulletListMarker ?? "-");
      return `${mark} ${content.trim().replace(/\n+/g, "\n   ")}\n`;
    },
  });
  service.addRule("table", { filter: "table", replacement: (_, node) => `\n\n${table(node as unknown as HTMLElementLike)}\n\n` });
  return `${service.turndown(html).replace(/[ \t\u00a0]+$/gm, "").trim()}\n`;
}

/** What is used of the document object model, whose types Node's do not have. */
interface HTMLElementLike {
  readonly nodeName: string;
  readonly id: string;
  readonly textContent: string | null;
  readonly children: ArrayLike<HTMLElementLike>;
  querySelectorAll(selector: string): ArrayLike<HTMLElementLike>;
}

/** The first row is the head, as Markdown has no table without one. */
function table(element: HTMLElementLike): string {
  const rows = Array.from(element.querySelectorAll("tr")).map((row) => Array.from(row.children).map(cell));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const line = (cells: readonly string[]): string => `| ${Array.from({ length: columns }, (_, index) => cells[index] ?? "").join(" | ")} |`;
  const [head = [], ...rest] = rows;
  return columns === 0 ? "" : [line(head), line(Array.from({ length: columns }, () => "---")), ...rest.map(line)].join("\n");
}

function cell(element: HTMLElementLike): string {
  const parts = element.children.length > 0 ? Array.from(element.children) : [element];
  return parts.map(({ textContent }) => (textContent ?? "").trim()).join(" ").replace(/\s+/gu, " ").replaceAll("|", "\\|").trim();
}
