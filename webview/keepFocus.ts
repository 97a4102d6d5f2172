/**
 * Runs an update that may replace the element with the focus: the part that bears the same `data-key` takes it over,
 * by its first control where the focus was inside of it.
 */
export function keepFocus(container: HTMLElement, update: () => void): void {
  const focused = document.activeElement;
  const old = focused && container.contains(focused) ? focused.closest<HTMLElement>("[data-key]") : null;
  update();
  if (!old || document.activeElement === focused) return;
  const part = [...container.querySelectorAll<HTMLElement>("[data-key]")].find((element) => element.dataset["key"] === old.dataset["key"]);
  const control = focused === old ? undefined : part?.querySelector<HTMLElement>(":is(vscode-button, button):not([disabled], [hidden])");
  (control ?? part)?.focus();
}
