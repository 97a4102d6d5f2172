/** How many fields hold what cannot be taken. What is hidden with its part of the panel asks for nothing. */
export function invalidFields(root: Pick<ParentNode, "querySelectorAll">): number {
  return Array.from(root.querySelectorAll("[aria-invalid=true]")).filter((field) => field.closest("[hidden]") === null).length;
}
