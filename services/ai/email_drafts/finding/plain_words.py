"""Words with a capital that name nobody."""

from __future__ import annotations

# Wherever they stand: salutations and closings, months and days, what we and our tools are called, languages.
CAPITALS = frozenset(
    """
    i i'm i'll i've i'd ai api crm pdf ok okay faq gpt llm ui ux it ceo cto cfo coo hr re fwd fw ps p.s eod eow asap
    hi hello hey dear good morning afternoon evening greetings team all everyone everybody there both folks colleagues
    friends sir madam mr mrs ms miss dr prof best kind warm warmest many thanks thank regards wishes cheers sincerely
    yours truly faithfully respectfully cordially
    hallo liebe lieber liebes guten tag moin servus sehr geehrte geehrter damen herren herr herrn frau zusammen alle
    allerseits viele beste herzliche freundliche freundlichen grüße grüßen gruß grüsse vielen dank mit
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    januar februar märz mai juni juli oktober dezember jänner
    monday tuesday wednesday thursday friday saturday sunday mondays fridays
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    english german deutsch englisch europe european germany deutschland american america usa eu uk us u.s
    christmas easter thanksgiving weihnachten ostern new year new year's internet web email e-mail e-mails website
    phase step stage milestone sprint week day part option version module item point section appendix page number
    zoom slack google teams outlook calendly microsoft excel word powerpoint linkedin whatsapp stripe paypal docusign
    gdpr dsgvo sepa iban vat subject betreff sie ihr ihre ihren ihrem ihrer ihnen ihres du dein deine euch euer eure
    next steps timeline follow follow-up up revised reminder
    """.split()
)

# At the start of a sentence or of a line.
STARTERS = frozenset(
    """
    a an the this that these those there here it its we our ours you your they their he she his her my me us one
    and or but so if when while as since because although though after before once until unless whether with without
    within for from in on at by to of about above below over under between during through per via into onto regarding
    concerning following based given due thanks please just also only even still yet already again now then later soon
    today tomorrow yesterday first second third finally lastly next last meanwhile however therefore moreover
    furthermore additionally hence thus instead otherwise overall
    what which who whom whose where why how
    is are was were be been am do does did have has had can could will would shall should may might must let let's
    i'm it's that's here's there's what's don't we're we've we'll you're you'll you've they're isn't
    no not yes sure great good nice happy glad sorry hope hoping looking wanted wishing checking reaching following
    attached enclosed find see feel know call review schedule finalize finalise confirm send share sign reply book pick
    choose decide agree discuss meet talk speak start begin continue complete finish deliver launch build test plan
    prepare update get give take make keep bring tell ask need want like love think believe understand appreciate
    any some each every both all most many much few several other another such same more less
    everything anything nothing something everyone anyone someone whenever wherever whatever
    thank welcome congratulations apologies best kind sincerely honestly frankly quick short
    finance legal sales marketing support management engineering accounting procurement operations security design
    development product purchasing bookkeeping research hr leadership
    """.split()
)

GERMAN_STARTERS = frozenset(
    """
    der die das den dem des ein eine einen einem einer eines kein keine keinen dieser diese dieses diesen diesem
    jeder jede jedes alle allen beide beiden mein meine meinen meinem meiner unser unsere unseren unserem unserer
    ich wir er sie es man und oder aber denn sondern sowie wenn weil dass ob falls sobald nachdem bevor während da
    damit obwohl als wie wo wann warum was wer wen wem welche welcher welches
    in im an am auf aus bei beim bis durch für gegen hinter mit nach neben ohne seit über um unter von vom vor zu zum
    zur zwischen trotz wegen laut gemäß bezüglich hinsichtlich anbei hiermit hier dort dann danach zuerst zunächst
    anschließend schließlich außerdem zudem daher deshalb somit also jedoch bitte gerne gern leider natürlich
    selbstverständlich vielleicht heute morgen gestern nun jetzt bald noch schon auch nur sehr so
    ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können könnte könnten soll sollen sollte
    möchte möchten darf dürfen muss müssen mag lassen lass haben geben sagen melden freuen freue danke vielen
    wie gestern besprochen vereinbart gewünscht zusammen ja nein alles etwas nichts mehr weniger einige mehrere viele
    wenige nächste nächsten nächster letzte letzten erste ersten zweite zweiten dritte neue neuen neuer offene offenen
    schöne schönen ihre ihren ihrem ihrer eure euren aktuelle aktuellen gesamte gesamten
    ende anfang mitte phase schritt punkt teil stufe thema projekt angebot rechnung
    """.split()
)

# Of job titles and departments, fields and kinds of technology, wherever they stand.
FIELDS = frozenset(
    """
    head chief vice president officer executive senior junior principal director manager lead leader engineer developer
    architect analyst scientist designer consultant specialist assistant coordinator administrator controller board
    office department division group committee delivery data science scientist growth customer success people talent
    revenue strategy quality compliance risk platform infrastructure business intelligence innovation brand content
    digital technology technologies technical information systems system network cloud edge hybrid power machine deep
    artificial api web mobile native core prime pro enterprise standard premium basic starter plus lite studio suite
    hub lab labs works desk chat assistant agent bot app apps store shop portal functions service services server
    street avenue road square city north south east west central new san los las saint united states kingdom
    leiter leiterin leitung geschäftsführung vorstand einkauf vertrieb entwicklung abteilung bereich straße platz
    """.split()
)
# How a noun ends that is made of a verb or of a quality: no name does.
NOUN_ENDINGS = ("tion", "sion", "ment", "ware", "ology", "ility", "ivity", "keit", "heit", "schaft", "tät")
