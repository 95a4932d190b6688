"""What services say about messages on WhatsApp, for the catalogues; ``said.py`` puts it into the reader's language."""

from __future__ import annotations

from services.gateway.web.phrases import N_

ABOUT_CONVERSATIONS = (
    N_("WhatsApp is not set up (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID)"),
    N_("WhatsApp takes no free text now, because they have not written to us yet: send a template"),
    N_("there is no approved template of this name and language; sync them"),
    N_("there is no such conversation any more"),
    N_("there is no such conversation, or it is not yours to see"),
    N_("there is no such file, or it is not yours to see"),
    N_("the number they wrote from is not theirs any more: write to their new one from their client"),
    N_("their new number is that of another client's conversation"),
    N_("this client was deleted"),
    N_("this contact has no phone number that WhatsApp could send to"),
    N_("this conversation belongs to a client already"),
    N_("this conversation belongs to a client; it cannot be dismissed"),
    N_("this conversation belongs to another client already"),
    N_("this conversation is nobody's yet: link it to a client first"),
    N_("this number is somebody else's now"),
    N_("this is no message of this conversation that can be answered"),
    N_("you may look at this client, and only its owner may write to it"),
    N_("you may read this conversation, and only the client's owner may write in it"),
)
WHY_NOT_DELIVERED = (
    N_("too many messages are sent at once"),
    N_("too many messages to this person in a short time"),
    N_("too many requests to WhatsApp"),
    N_("WhatsApp had a fault of its own"),
    N_("WhatsApp is overloaded"),
    N_("more than 24 hours have passed since their last message"),
    N_("the message cannot be delivered to this number"),
    N_("WhatsApp held it back to protect the person from too much marketing"),
    N_("the person is in an experiment of WhatsApp's and gets no such messages"),
    N_("WhatsApp does not take messages of this kind"),
    N_("the file could not be taken"),
    N_("the template is not there in this language"),
    N_("the template has another number of parameters"),
    N_("the access token is not valid any more"),
    N_("the access token may not do this"),
    N_("WhatsApp does not know who we are"),
    N_("it could not be handed over in three days"),
    N_("the number they wrote from is not theirs any more"),
)
WHAT_TO_DO = (
    N_("Nothing: it is sent again by itself."),
    N_("Send a template instead."),
    N_("Check the number; the person may not use WhatsApp or an old version of it. Call or send a mail."),
    N_("Wait a day or call."),
    N_("Call or send a mail."),
    N_("Write it as plain text."),
    N_("Send it in another format, or by mail."),
    N_("Sync the templates and choose another one."),
    N_("Sync the templates and try again."),
    N_("An admin has to set a new WHATSAPP_TOKEN."),
    N_("An admin has to check the token's rights."),
    N_("An admin has to check WHATSAPP_TOKEN."),
    N_("Ask for their new number and write there."),
    N_("Send it again if it is still needed."),
    N_("Look the code up in WhatsApp's list of errors, or reach the person otherwise."),
)
ABOUT_THE_LINE = (
    N_("View Chat"),
    N_("WhatsApp messages"),
    N_("WhatsApp does not take our messages any more"),
    N_("a message came"),
    N_("a message was sent"),
    N_("a stand-in of this machine that shows messages and sends none on"),
    N_("messages leave by WhatsApp's Cloud API"),
    N_("no token is set (WHATSAPP_TOKEN, WHATSAPP_PHONE_NUMBER_ID): nothing is sent"),
    N_("Meetings with my clients"),
)
