/**
 * The only door to @vscode/webview-ui-toolkit (deprecated upstream since 2024: microsoft/vscode-webview-ui-toolkit#561),
 * so that another kit can take its place by rewriting this file alone.
 */
import {
  provideVSCodeDesignSystem, vsCodeBadge, vsCodeButton, vsCodeProgressRing, vsCodeTag, vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { h, icon } from "./dom";

export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeBadge(), vsCodeButton(), vsCodeProgressRing(), vsCodeTag(), vsCodeTextField());
}

export interface ButtonOptions {
  readonly label: string;
  readonly appearance?: "primary" | "secondary" | "icon";
  /** Codicon name. An icon button shows the icon alone and speaks its label. */
  readonly icon?: string;
  readonly title?: string;
  readonly class?: string;
  /** Opens something to choose from: shows a small arrow. */
  readonly menu?: boolean;
  onClick(): void;
}

export class Button {
  readonly element: HTMLElement;
  /** A bare text node: the toolkit gives slotted spans the size of an icon. */
  readonly #label: Text;

  constructor(options: ButtonOptions) {
    const iconOnly = options.appearance === "icon";
    this.#label = document.createTextNode(iconOnly ? "" : options.label);
    this.element = h(
      "vscode-button",
      {
        appearance: options.appearance ?? "secondary",
        class: options.class,
        title: options.title ?? (iconOnly ? options.label : undefined),
        "aria-label": iconOnly ? options.label : undefined,
        on: { click: () => options.onClick() },
      },
      options.icon ? icon(options.icon) : undefined,
      this.#label,
      options.menu ? icon("chevron-down", "menu-arrow") : undefined,
    );
    if (options.menu) this.element.setAttribute("aria-haspopup", "menu");
  }

  set label(text: string) {
    if (this.#label.data !== text) this.#label.data = text;
  }

  set disabled(disabled: boolean) {
    this.element.toggleAttribute("disabled", disabled);
  }

  set hidden(hidden: boolean) {
    this.element.hidden = hidden;
  }

  /** Shown on hover and spoken after the label. */
  set title(words: string) {
    if (this.element.title !== words) this.element.title = words;
  }
}

export function tag(text: string, title?: string): HTMLElement {
  return h("vscode-tag", { title }, text);
}

export function badge(count: string): HTMLElement {
  return h("vscode-badge", {}, count);
}

export function progressRing(): HTMLElement {
  return h("vscode-progress-ring", { "aria-hidden": "true" });
}

export interface TextFieldOptions {
  readonly placeholder: string;
  readonly label: string;
  readonly title?: string;
  readonly value: string;
  onInput(value: string): void;
  onEnter?(): void;
}

export class TextField {
  readonly element: HTMLElement;

  constructor(options: TextFieldOptions) {
    this.element = h("vscode-text-field", {
      placeholder: options.placeholder,
      "aria-label": options.label,
      title: options.title,
      value: options.value,
      on: {
        input: () => options.onInput(this.value),
        keydown: (event) => {
          if (event.key === "Enter") options.onEnter?.();
        },
      },
    });
    keepLabel(this.element, options.label);
  }

  /** Drawn and spoken as wrong. */
  set invalid(invalid: boolean) {
    this.element.classList.toggle("invalid", invalid);
    if (invalid) this.element.setAttribute("aria-invalid", "true");
    else this.element.removeAttribute("aria-invalid");
  }

  set placeholder(words: string) {
    if (this.element.getAttribute("placeholder") !== words) this.element.setAttribute("placeholder", words);
  }

  get value(): string {
    return (this.element as HTMLElement & { value: string }).value;
  }

  set value(text: string) {
    if (this.value !== text) (this.element as HTMLElement & { value: string }).value = text;
  }
}

/** The toolkit names a field without visible words "Text field" whenever it enters the page: the name given is put back. */
function keepLabel(element: HTMLElement, label: string): void {
  new MutationObserver(() => {
    if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
  }).observe(element, { attributeFilter: ["aria-label"] });
}
