"""What services say, put into the reader's language: refusals, labels, and what notifications are called.

Services speak English: on the bus and in the API nobody's language is known. A sentence of theirs that may reach a page
therefore stands here once more, marked for the catalogues; ``said.py`` puts it into the reader's language, and has the
sentences that name a field, a number or a company.
"""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for a text that is marked here and translated later)
    return text


TITLES = (
    N_("Something went wrong on our side"),
    N_("The request could not be read"),
    N_("Sign in first"),
    N_("You may not do this"),
    N_("There is no such thing, or you may not see it"),
    N_("This does not fit what is there now"),
    N_("This is larger than we take"),
    N_("A value is not valid"),
    N_("Too many requests"),
    N_("A part of the system is not answering"),
)
MISSING = (
    N_("there is no form of this reference"),
    N_("there is no invoice under this address"),
    N_("there is no request of this reference"),
    N_("there is no such activity"),
    N_("there is no such change, or it is not yours"),
    N_("there is no such client"),
    N_("there is no such client or contact, or it is not yours to see"),
    N_("there is no such client, or it is not yours to see"),
    N_("there is no such contact"),
    N_("there is no such dead letter"),
    N_("there is no such deal"),
    N_("there is no such deal, or it is not yours to see"),
    N_("there is no such document"),
    N_("there is no such document, or it is not yours to see"),
    N_("there is no such integration"),
    N_("there is no such invoice, or it is not yours to see"),
    N_("there is no such mail, or it is not yours to see"),
    N_("there is no such notification, or it is not yours"),
    N_("there is no such page"),
    N_("there is no such payment"),
    N_("there is no such user"),
    N_("this file is not in the object store"),
    N_("this link is not valid any more; open the document again"),
)
SIGNING_IN = (
    N_("e-mail address or password is wrong"),
    N_("sign in first"),
    N_("the new password is the current one; choose another"),
    N_("this address has an account already"),
    N_("this is not your current password"),
    N_("this is the last active admin; make another one first"),
    N_("this page is too old to be sent; load it again and send it once more"),
    N_("this session has ended; sign in again"),
    N_("this was asked for by another website"),
    N_("your role does not allow this"),
)
NOT_YOURS = (
    N_("only an admin assigns clients"),
    N_("only an admin gives a deal to somebody else"),
    N_("only an admin may create a client for somebody else"),
    N_("only an admin may create a deal for somebody else"),
    N_("only an admin may give a client to somebody else"),
    N_("this is nobody who can own clients: an active person in sales or an admin"),
    N_("this is nobody who can own deals: an active person in sales or an admin"),
    N_("this is nobody who works here"),
    N_("this invoice was sent; finance can void it"),
    N_("you may look at this activity, and only its author, its assignee or the owner may change it"),
    N_("you may look at this client, and only its owner may change it"),
    N_("you may look at this client, and only its owner may make deals with it"),
    N_("you may look at this client, and only its owner may write invoices to it"),
    N_("you may look at this deal, and only its client's owner may change it"),
    N_("you may look at this invoice, and only the client's owner may change it"),
)
CHANGED = (
    N_("somebody changed the company since you loaded it"),
    N_("somebody changed this account since you loaded it"),
    N_("somebody changed this activity since you loaded it"),
    N_("somebody changed this at the same moment; load it again and repeat your change"),
    N_("somebody changed this client since you loaded it"),
    N_("somebody changed this contact since you loaded it"),
    N_("somebody changed this deal since you loaded it"),
    N_("somebody changed this invoice since you loaded it"),
    N_("this change was undone already"),
    N_("this does not fit what is there already"),
)
NOT_VALID = (
    N_("a file is needed"),
    N_("a new currency needs its value too"),
    N_("a payment is booked when it has come in, not before"),
    N_("a percentage is from 0 to 100"),
    N_("a weight is a whole number from 0 to 100"),
    N_("an amount is a finite number"),
    N_("an amount is a plain number"),
    N_("an invoice needs an amount or lines"),
    N_("at this rate a deal is worth more than can be kept"),
    N_("day is in the future, whose rate nobody knows"),
    N_("name another contact the primary one instead"),
    N_("name at least one thing to change"),
    N_("only a task is somebody's to do"),
    N_("rate is more than 0"),
    N_("say why the deal was lost"),
    N_("the amount is the whole invoice's; with a discount or tax, give lines instead"),
    N_("the budget's lower end is above its upper end"),
    N_("the lines, with discount and tax, do not add up to this amount"),
    N_("this amount is too large"),
    N_("this cannot be chosen"),
    N_("this cursor does not belong to this list; start again without one"),
    N_("this invoice is too large"),
    N_("this is larger than we take"),
    N_("this is more than was paid and not given back yet"),
    N_("this line is too large"),
    N_("with another currency, give the amount or the lines anew"),
)
NOT_POSSIBLE = (
    N_("a test payment cannot pay a real invoice, nor a real one a test invoice"),
    N_("an invoice that was sent is locked; void it or write another"),
    N_("ask for the preview first: there is none of this invoice as it is now"),
    N_("nothing is left of this payment"),
    N_("the preview is being made; try again in a moment"),
    N_("the system wrote this; what happened is not changed afterwards"),
    N_("there is nothing left to give back"),
    N_("there is nothing to pay on this invoice"),
    N_("this client has deals, so its history is needed; set its status to inactive or churned instead"),
    N_("this deal belongs to another client"),
    N_("this deal did not come from a brief, so there is nothing to analyse"),
    N_("this invoice asks for nothing; give it a line with a price before sending it"),
    N_("this invoice cannot be paid online; please use the payment instructions on it"),
    N_("this invoice has no PDF yet: it is made when the invoice is sent"),
    N_("this invoice is void already"),
    N_("this invoice was drafted for its deal and stays with it"),
    N_("this invoice was paid, in whole or in part; give the money back before voiding it"),
    N_("this payment belongs to an invoice already"),
    N_("this was paid through Stripe, which is not configured here; give it back there"),
)
LATER = (
    N_("Stripe could not do this now; try again in a moment"),
    N_("Stripe is not answering; try again in a moment"),
    N_("a service met an error it did not expect; its log has the details"),
    N_("the database of this service is not answering; try again in a moment"),
    N_("the gateway's database is not answering; try again in a moment"),
    N_("the object store is not answering"),
    N_("the payment page could not be opened; try again tomorrow"),
    N_("there was no time left to do this; try again"),
    N_("this could not be done; the error was recorded"),
    N_("too many forms from your address; wait a minute and send it again"),
)
# Why two clients may be one; what people are mailed and where a notification leads; why a payment waits.
DUPLICATES = (
    N_("same e-mail address"),
    N_("same name"),
    N_("similar name"),
    N_("same phone"),
    N_("same e-mail domain"),
)
NOTIFICATIONS = (
    N_("New leads and inquiries"),
    N_("Clients assigned to me"),
    N_("New project briefs"),
    N_("Deals I won"),
    N_("Payments received"),
    N_("Payments of my clients"),
    N_("Payments that fit no invoice"),
    N_("View Deal"),
    N_("View Client"),
    N_("View Invoice"),
    N_("View Payments"),
    N_("It fits no invoice"),
    N_("more was paid than the invoice asked for"),
)
INTEGRATIONS = (
    N_("File storage"),
    N_("Mail (SMTP)"),
    N_("Stripe's test mode: no real money moves"),
    N_("Stripe's live mode: real money moves"),
    N_("a mail server of this machine that shows mails and sends none on"),
    N_("a stand-in takes Stripe's place: no real money moves"),
    N_("an object was stored, read and deleted"),
    N_("files lie in a folder of this machine"),
    N_("mails leave by a mail server"),
    N_("no key is set (STRIPE_API_KEY)"),
    N_("no key is set (STRIPE_API_KEY): invoices cannot be paid online"),
    N_("no mail server is set (SMTP_URL): mails wait"),
    N_("no webhook secret is set (STRIPE_WEBHOOK_SECRET): payments are taken and nobody here learns of them"),
)
WHY_UNMATCHED = (
    N_("it brought no money"),
    N_("it is a live payment, and this system runs in test mode"),
    N_("it is a test payment"),
    N_("no invoice has its reference"),
)
