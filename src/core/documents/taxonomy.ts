/**
 * The 41 kinds of clauses that Decant looks for: the categories of CUAD v1, the Contract Understanding Atticus Dataset of
 * The Atticus Project (arXiv 2103.06268, CC BY 4.0). Names are the dataset's; descriptions, severities and reasons are
 * ours. A severity says how much a clause asks of the reader's attention, not whether it is lawful or fair.
 */
export interface ClauseCategory {
  readonly name: string;
  /** What the clause says, in one sentence. */
  readonly description: string;
  /** error: can cost far more than the contract is worth. warning: deserves negotiation. information: a fact to know. */
  readonly severity: "error" | "warning" | "information";
  /** Why it matters to a person who is about to sign, in one sentence. */
  readonly why: string;
  /**
   * How bad it is, and why in one sentence, when a contract has no such clause. Left out where the absence harms nobody: a
   * restriction, a price or a risk that is not there, or what the other facts tell.
   */
  readonly absence?: { readonly severity: ClauseCategory["severity"]; readonly why: string };
}

export const clauseCategories: readonly ClauseCategory[] = [
  {
    name: "Document Name",
    description: "The title of the contract.",
    severity: "information",
    why: "It tells what kind of agreement this claims to be; the clauses decide what it is.",
  },
  {
    name: "Parties",
    description: "Who signs the contract, with the short names used for them.",
    severity: "information",
    why: "Only the named parties are bound, so make sure that the right company is named.",
  },
  {
    name: "Agreement Date",
    description: "The date of the contract.",
    severity: "information",
    why: "Terms and deadlines are often counted from it.",
    absence: { severity: "information", why: "Without a date it is open to dispute when terms and deadlines that are counted from it begin." },
  },
  {
    name: "Effective Date",
    description: "The date from which the contract applies.",
    severity: "information",
    why: "Duties may begin before or after the day of signing.",
  },
  {
    name: "Expiration Date",
    description: "When the first term of the contract ends.",
    severity: "information",
    why: "It tells how long you are bound unless somebody ends or renews the contract.",
    absence: { severity: "warning", why: "Without an end the contract may bind you until somebody ends it, or be ended at any time." },
  },
  {
    name: "Renewal Term",
    description: "How the contract is extended after its first term, by itself or by notice.",
    severity: "warning",
    why: "A contract that renews itself goes on, and goes on costing, unless you act in time.",
    absence: { severity: "information", why: "Without a rule for renewal it is open what holds if both sides simply go on after the end." },
  },
  {
    name: "Notice Period To Terminate Renewal",
    description: "How long before the end of a term notice must be given to stop a renewal.",
    severity: "warning",
    why: "Miss this deadline and you are bound for another term.",
  },
  {
    name: "Governing Law",
    description: "Which state's or country's law decides how the contract is read.",
    severity: "information",
    why: "A foreign law can change your rights and make a dispute more expensive.",
    absence: { severity: "warning", why: "Without a chosen law, the rules of the court that is asked first decide, and nobody can foresee them." },
  },
  {
    name: "Most Favored Nation",
    description: "A party must get terms at least as good as those given to anyone else.",
    severity: "warning",
    why: "A better deal given to one customer must then be given to this party as well.",
  },
  {
    name: "Non-Compete",
    description: "A party may not compete with the other, or not in some region, business or market.",
    severity: "warning",
    why: "It can close a market to you, sometimes for years after the contract has ended.",
  },
  {
    name: "Exclusivity",
    description: "A party must deal with the other alone for certain goods, services, rights or places.",
    severity: "warning",
    why: "You give up other suppliers or customers and depend on one partner.",
  },
  {
    name: "No-Solicit Of Customers",
    description: "A party may not approach the other's customers or partners.",
    severity: "warning",
    why: "Ordinary sales work with a shared customer may become a breach.",
  },
  {
    name: "Competitive Restriction Exception",
    description: "What stays allowed in spite of a non-compete, exclusivity or no-solicit clause.",
    severity: "information",
    why: "Exceptions decide how much freedom a restriction really leaves.",
  },
  {
    name: "No-Solicit Of Employees",
    description: "A party may not hire away the other's staff or contractors.",
    severity: "warning",
    why: "It limits whom you may hire, often for a year or more after the end.",
  },
  {
    name: "Non-Disparagement",
    description: "A party may not speak badly of the other.",
    severity: "warning",
    why: "Public criticism, even if true, may become a breach.",
  },
  {
    name: "Termination For Convenience",
    description: "A party may end the contract without a reason, usually by notice.",
    severity: "warning",
    why: "The other side may walk away whenever it likes, so your investment is only as safe as the notice period is long.",
    absence: { severity: "information", why: "Without it you can leave early only if the other side breaches the contract or agrees." },
  },
  {
    name: "Rofr/Rofo/Rofn",
    description: "A right of first refusal, first offer or first negotiation.",
    severity: "warning",
    why: "You cannot sell, license or deal freely until the holder of the right has had its turn.",
  },
  {
    name: "Change Of Control",
    description: "What happens when a party is sold or its owners change: consent, notice or a right to end the contract.",
    severity: "warning",
    why: "It can stand in the way of a sale of your company, or end the contract when one happens.",
  },
  {
    name: "Anti-Assignment",
    description: "A party may not hand the contract to somebody else without consent or notice.",
    severity: "warning",
    why: "You may need the other side's consent to reorganise or to sell the business.",
    absence: { severity: "warning", why: "Without it the other side may hand the contract to somebody whom you did not choose." },
  },
  {
    name: "Revenue/Profit Sharing",
    description: "A party must share revenue or profit with the other, for instance as a royalty or commission.",
    severity: "warning",
    why: "It is a price that grows with success, so its base, rate and reports must be clear.",
  },
  {
    name: "Price Restrictions",
    description: "A limit on how far or how often prices may be raised or lowered.",
    severity: "warning",
    why: "You may be unable to pass on higher costs.",
  },
  {
    name: "Minimum Commitment",
    description: "A least amount that a party must buy, pay, sell or deliver in a period.",
    severity: "warning",
    why: "You pay even if you need less.",
  },
  {
    name: "Volume Restriction",
    description: "A higher price, a notice or a stop once use goes over some amount.",
    severity: "warning",
    why: "Growth can trigger extra fees or a breach.",
  },
  {
    name: "Ip Ownership Assignment",
    description: "Intellectual property made under the contract goes to one of the parties.",
    severity: "warning",
    why: "You may give away what you create, or not own what you pay for.",
    absence: { severity: "warning", why: "Without it the law, not the contract, decides who owns what is created under it." },
  },
  {
    name: "Joint Ip Ownership",
    description: "Intellectual property is owned by both parties together.",
    severity: "warning",
    why: "Joint owners can block each other, and the rules differ from country to country.",
  },
  {
    name: "License Grant",
    description: "A party gives the other a licence to use its intellectual property.",
    severity: "information",
    why: "Its scope, term and territory are what you may really use.",
    absence: { severity: "warning", why: "Without a licence it is open what you may use, and use without one is an infringement." },
  },
  {
    name: "Non-Transferable License",
    description: "A licence may not be passed on to anyone else.",
    severity: "warning",
    why: "The licence may be lost if the business is sold or reorganised.",
  },
  {
    name: "Affiliate License-Licensor",
    description: "A licence also covers intellectual property of the licensor's group of companies.",
    severity: "information",
    why: "It may bind companies that have not signed.",
  },
  {
    name: "Affiliate License-Licensee",
    description: "The licensee's group of companies may use the licence as well.",
    severity: "information",
    why: "It tells whether sister companies need, and pay for, licences of their own.",
  },
  {
    name: "Unlimited/All-You-Can-Eat-License",
    description: "A licence without a limit on the amount of use.",
    severity: "warning",
    why: "The licensor cannot charge for growth, however much the use increases.",
  },
  {
    name: "Irrevocable Or Perpetual License",
    description: "A licence that never ends or cannot be taken back.",
    severity: "error",
    why: "Once given it cannot be withdrawn, even if the business relation ends badly.",
  },
  {
    name: "Source Code Escrow",
    description: "Source code is left with a third party and released to the other party in certain events.",
    severity: "warning",
    why: "It protects the customer if the vendor fails, and puts the vendor's code into other hands.",
    absence: { severity: "information", why: "Without an escrow the software cannot be kept running if the vendor fails." },
  },
  {
    name: "Post-Termination Services",
    description: "Duties that go on after the end: transition help, last purchases, payments or wind-down.",
    severity: "warning",
    why: "The end of the contract is not the end of work and cost.",
    absence: { severity: "information", why: "Without rules for the end, nobody owes help, last deliveries or a return of materials." },
  },
  {
    name: "Audit Rights",
    description: "A party may inspect the other's books, records or premises.",
    severity: "warning",
    why: "It costs time, opens confidential records, and may bring claims for back payment.",
    absence: { severity: "information", why: "Without them you cannot check the reports that payments are reckoned from." },
  },
  {
    name: "Uncapped Liability",
    description: "A party is liable without a limit, for everything or for certain breaches.",
    severity: "error",
    why: "One claim could cost far more than the contract is worth.",
  },
  {
    name: "Cap On Liability",
    description: "A limit on what a party can be made to pay, in amount, kind of damage or time.",
    severity: "warning",
    why: "If the other side causes a loss, this is the most that you can get back.",
    absence: { severity: "warning", why: "Without a cap a party is liable for the whole of a loss, which may exceed the contract's worth." },
  },
  {
    name: "Liquidated Damages",
    description: "A fixed sum is owed for a breach or for ending the contract.",
    severity: "error",
    why: "The sum is due without proof of a loss, and may be higher than the real one.",
  },
  {
    name: "Warranty Duration",
    description: "How long a warranty against defects lasts.",
    severity: "information",
    why: "After it has run out, repairs are at your own cost.",
    absence: { severity: "information", why: "Without a term it is open to dispute how long defects must be repaired." },
  },
  {
    name: "Insurance",
    description: "A party must keep certain insurance.",
    severity: "information",
    why: "Cover has a price, and a lapse is a breach.",
    absence: { severity: "information", why: "Without insurance a claim is only worth what the other side can pay." },
  },
  {
    name: "Covenant Not To Sue",
    description: "A party promises not to contest the other's rights or not to bring certain claims.",
    severity: "error",
    why: "You give up a claim or defence before you know what it is worth.",
  },
  {
    name: "Third Party Beneficiary",
    description: "Somebody who has not signed may enforce the contract.",
    severity: "warning",
    why: "You may be sued by someone with whom you never made a deal.",
  },
];

/** The category of this name, as CUAD writes it. */
export function categoryByName(name: string): ClauseCategory | undefined {
  return clauseCategories.find((category) => category.name === name);
}
