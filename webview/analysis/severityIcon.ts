import type { Severity } from "../../src/protocol/documents";
import { icon } from "../dom";

const names = {
  error: { icon: "error", one: "Error", many: "errors" },
  warning: { icon: "warning", one: "Warning", many: "warnings" },
  information: { icon: "info", one: "Information", many: "notes" },
} as const satisfies Record<Severity, { icon: string; one: string; many: string }>;

export function severityIcon(severity: Severity): HTMLElement {
  return icon(names[severity].icon, `severity-${severity}`);
}

export function severityName(severity: Severity): string {
  return names[severity].one;
}

export function severityPlural(severity: Severity): string {
  return names[severity].many;
}
