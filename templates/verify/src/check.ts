// The checks that a reader runs, in one place: of a draw, of a result, of a
// record, and of one ticket.

export { checkDraw, type DrawAsk } from "./check-draw";
export { checkEntry, type EntryAsk } from "./check-entry";
export { checkResult, type ResultAsk } from "./check-result";
export { myTicket, type TicketAsk } from "./my-ticket";
