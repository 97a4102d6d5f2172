import { DOMParser, XMLSerializer } from "@xmldom/xmldom";
import { type NumberingLevel, numberText } from "./listNumbers";

/** Levels of a list, and the list whose counting it shares. */
interface List {
  readonly counting: string;
  readonly levels: ReadonlyMap<number, NumberingLevel>;
  /** Levels that begin anew with this list. */
  readonly restarts: ReadonlyMap<number, number>;
}

interface Place {
  readonly list: string;
  readonly level: number;
}

/**
 * Writes the numbers of numbered paragraphs, e.g. "5.2", in front of their texts and takes their numbering away. Office
 * Open XML keeps only the list and the level with a paragraph (ECMA-376 part 1, 17.9); the numbers come from counting.
 * Bulleted paragraphs stay as they are.
 */
export function writeNumbers(documentXml: string, numberingXml: string, stylesXml: string | undefined): string {
  const document = parse(documentXml);
  const lists = listsOf(parse(numberingXml));
  const styles = stylesXml === undefined ? new Map<string, Place>() : numberedStyles(parse(stylesXml), lists);
  const counts = new Map<string, number[]>();
  const begun = new Set<string>();
  for (const paragraph of all(document, "p")) {
    const properties = child(paragraph, "pPr");
    const place = properties && placeOf(properties, styles);
    const list = place && lists.get(place.list);
    const level = place && list?.levels.get(place.level);
    if (!properties || !place || !list || !level || level.format === "bullet") continue;
    const count = counts.get(list.counting) ?? [];
    counts.set(list.counting, count);
    if (!begun.has(place.list)) for (const [index, start] of list.restarts) count[index] = start - 1;
    begun.add(place.list);
    count[place.level] = (count[place.level] ?? level.start - 1) + 1;
    count.length = place.level + 1;
    replaceNumbering(document, paragraph, properties, numberText(list.levels, place.level, count));
  }
  return new XMLSerializer().serializeToString(document);
}

function listsOf(numbering: Document): Map<string, List> {
  const kinds = new Map(all(numbering, "abstractNum").map((kind) => [attribute(kind, "abstractNumId") ?? "", levelsOf(kind)]));
  return new Map(all(numbering, "num").map((list): [string, List] => {
    const counting = value(child(list, "abstractNumId")) ?? "";
    const overrides = all(list, "lvlOverride").map((override) => [Number(attribute(override, "ilvl")), Number(value(child(override, "startOverride")))] as const);
    return [attribute(list, "numId") ?? "", { counting, levels: kinds.get(counting) ?? new Map(), restarts: new Map(overrides.filter(([, start]) => Number.isInteger(start) && start > 0)) }];
  }));
}

function levelsOf(kind: Element): Map<number, NumberingLevel> {
  return new Map(all(kind, "lvl").map((level) => [Number(attribute(level, "ilvl") ?? 0), {
    format: value(child(level, "numFmt")) ?? "decimal",
    text: value(child(level, "lvlText")) ?? "",
    start: Number(value(child(level, "start")) ?? 1),
    legal: child(level, "isLgl") !== undefined,
    style: value(child(level, "pStyle")),
  }]));
}

/** Styles that number their paragraphs, as headings often do. */
function numberedStyles(styles: Document, lists: ReadonlyMap<string, List>): Map<string, Place> {
  const found = new Map<string, Place>();
  for (const style of all(styles, "style")) {
    const id = attribute(style, "styleId");
    const numbering = child(child(style, "pPr"), "numPr");
    const list = value(child(numbering, "numId"));
    if (id === undefined || list === undefined) continue;
    const own = [...(lists.get(list)?.levels ?? [])].find(([, level]) => level.style === id)?.[0];
    found.set(id, { list, level: Number(value(child(numbering, "ilvl")) ?? own ?? 0) });
  }
  return found;
}

function placeOf(properties: Element, styles: ReadonlyMap<string, Place>): Place | undefined {
  const byStyle = styles.get(value(child(properties, "pStyle")) ?? "");
  const numbering = child(properties, "numPr");
  const list = value(child(numbering, "numId")) ?? byStyle?.list;
  return list === undefined ? undefined : { list, level: Number(value(child(numbering, "ilvl")) ?? byStyle?.level ?? 0) };
}

/** List 0 is none: it also hides the numbering of a style. */
function replaceNumbering(document: Document, paragraph: Element, properties: Element, number: string): void {
  const prefix = paragraph.tagName.includes(":") ? `${paragraph.tagName.split(":")[0]}:` : "";
  const make = (name: string, val?: string): Element => {
    const element = document.createElementNS(paragraph.namespaceURI, prefix + name);
    if (val !== undefined) element.setAttributeNS(paragraph.namespaceURI, `${prefix}val`, val);
    return element;
  };
  const old = child(properties, "numPr");
  if (old) properties.removeChild(old);
  const none = make("numPr");
  none.appendChild(make("ilvl", "0"));
  none.appendChild(make("numId", "0"));
  properties.appendChild(none);
  if (number === "") return;
  const text = make("t");
  text.setAttribute("xml:space", "preserve");
  text.appendChild(document.createTextNode(`${number} `));
  const run = make("r");
  run.appendChild(text);
  paragraph.insertBefore(run, properties.nextSibling);
}

function parse(xml: string): Document {
  return new DOMParser({ errorHandler: { fatalError: (message: string) => { throw new Error(message); }, error: () => undefined, warning: () => undefined } }).parseFromString(xml, "text/xml");
}

function all(parent: Document | Element, name: string): Element[] {
  return Array.from(parent.getElementsByTagNameNS("*", name));
}

function child(parent: Element | undefined, name: string): Element | undefined {
  for (let node = parent?.firstChild; node; node = node.nextSibling) if ((node as Element).localName === name) return node as Element;
  return undefined;
}

function attribute(element: Element, name: string): string | undefined {
  return element.getAttributeNS(element.namespaceURI, name) || element.getAttribute(name) || undefined;
}

function value(element: Element | undefined): string | undefined {
  return element && attribute(element, "val");
}
