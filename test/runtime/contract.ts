/** A short contract of our own, one clause a paragraph. */
export const contract = `DISTRIBUTION AGREEMENT

This Distribution Agreement (the "Agreement") is entered into as of May 4, 2026 by and between Larkfield Instruments, Inc., a Delaware corporation ("Supplier"), and Quayside Trading Ltd. ("Distributor").

1. Appointment. Supplier hereby appoints Distributor as its exclusive distributor of the Products in the Territory, and Supplier shall not appoint any other distributor in the Territory during the Term.

2. Delivery. Supplier shall pack the Products for shipment by road and shall deliver them to the carrier at its warehouse within ten days of each order.

3. Records. Distributor shall keep complete books of account, and Supplier may audit and inspect such books and records upon reasonable notice during normal business hours.

4. Limitation of Liability. In no event shall either party be liable to the other for any indirect, incidental or consequential damages, and the total liability of Supplier shall not exceed the amounts paid by Distributor in the preceding twelve months.

5. Assignment. Neither party may assign this Agreement without the prior written consent of the other party, and any attempted assignment without such consent shall be void.

6. Governing Law. This Agreement shall be governed by and construed in accordance with the laws of the State of New York, without regard to its conflicts of law principles.
`;

/** Where the clause with this heading begins and ends. */
export function clauseAt(heading: string): { readonly start: number; readonly end: number } {
  const start = contract.indexOf(heading);
  const end = contract.indexOf("\n\n", start);
  return { start, end: end < 0 ? contract.length : end };
}
