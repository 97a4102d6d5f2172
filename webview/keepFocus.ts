/**
 * Runs an update that may replace the element with the focus: the first control of the part that bears the same
 * `data-key` takes it over, else the part itself.
 */
export function keepFocus(container: HTMLElement, update: () => void): void {
  const focused = document.activeElement;
  const key = focused && container.contains(focused) ? focused.closest<HTMLElement>("[data-key]")?.dataset["key"] : undefined;
  update();
  if (key === undefined || (focused?.isConnected && document.activeElement === focused)) return;
  const part = [...container.querySelectorAll<HTMLElement>("[data-key]")].find((element) => element.dataset["key"] === key);
  (part?.querySelector<HTMLElement>(":is(vscode-button, button):not([disabled], [hidden])") ?? part)?.focus();
}
