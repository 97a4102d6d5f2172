/**
 * Elements without a framework. Text always becomes a text node and styles go through CSSOM, so nothing that the
 * host sends is parsed as HTML and the strict content security policy is never asked.
 */
type AttributeValue = string | number | boolean | undefined;
type Listeners = { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

export interface Props {
  readonly class?: string;
  readonly style?: Readonly<Record<string, string>>;
  readonly on?: Listeners;
  readonly [attribute: string]: AttributeValue | Readonly<Record<string, string>> | Listeners;
}
export type Child = Node | string | false | undefined;

/** Attributes: undefined and false leave them out, true sets an empty one. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props?: Props, ...children: readonly Child[]): HTMLElementTagNameMap[K];
export function h(tag: string, props?: Props, ...children: readonly Child[]): HTMLElement;
export function h(tag: string, props: Props = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on" || name === "style" || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, value] of Object.entries(props.style ?? {})) element.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(props.on ?? {})) element.addEventListener(name, listener as EventListener);
  element.append(...present(children));
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Readonly<Record<string, AttributeValue>>, ...children: readonly Child[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...present(children));
  return element;
}

/** A codicon; it is decoration, the words beside it say the same. */
export function icon(name: string, extra = ""): HTMLElement {
  return h("span", { class: `codicon codicon-${name} ${extra}`.trim(), "aria-hidden": "true" });
}

/** Words for screen readers only. */
export function spoken(text: string): HTMLElement {
  return h("span", { class: "spoken" }, text);
}

export function replace(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...present(children));
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== undefined && child !== false && child !== "");
}
