"""Given names that are common where our clients live: a capital letter alone tells no name at the start of a sentence,
and in German nowhere."""

from __future__ import annotations

GIVEN_NAMES = frozenset(
    """
    aaron abigail adam adrian agnes ahmed alan albert alejandro alex alexander alexandra alfred ali alice alicia
    alina allison amanda amber amelia amir amy ana andrea andreas andrew angela anja anke anna anne annette annika
    anthony antje antonia antonio arjun armin arthur ashley astrid axel barbara bastian beate ben benjamin bernd
    bernhard beth bettina bianca birgit björn bob bobby brandon brenda brian brigitte bruce bruno bryan caleb
    camille carina carl carla carlos carmen carol carolin caroline catherine celine charles charlotte chen chloe
    chris christa christian christiane christina christine christoph christopher cindy claire clara claudia claus
    clemens connor conrad cornelia craig cynthia dagmar daniel daniela danielle dave david deborah denise dennis
    derek diana diane diego dieter dietmar dirk dominic dominik donald donna doris dorothea dorothy douglas dylan
    eckhard eddie edgar edith edward eleanor elena elias elisabeth elizabeth elke ella ellen emilia emily emma emre
    enrique eric erich erik erika erin ernst esther ethan eva evelyn fabian fatima felix ferdinand finn florian
    frances francesca franziska fred frederick frieda friedrich fritz gabriel gabriele gary georg george gerald gerd
    gerhard gisela gloria gordon grace greg gregor gregory greta günter günther hannah hannes hans harald harold
    harry hartmut heather heidi heike heiko heinrich heinz helen helena helga helmut hendrik henning henrik henry
    herbert hermann hilde holger horst hubert hugo ian ibrahim ida igor ines inga inge ingo ingrid irene irina iris
    isaac isabel isabella isabelle ivan jack jackson jacob jakob james jamie jana jane janet janina jannik jasmin
    jasmine jason javier jean jeff jeffrey jennifer jenny jens jeremy jerry jesse jessica jill jim jimmy joachim
    joan joanna jochen joe joel johann johanna johannes john jonah jonas jonathan jordan jose josef joseph josephine
    joshua juan judith judy julia julian juliane justin jutta jörg jürgen kai karen karin karina karl karla karsten
    katarina kate katharina katherine kathleen kathrin kathryn katja katrin kayla keith kelly kenji kenneth kerstin
    kevin kimberly kirsten klaus konrad konstantin kristen kristin kristina kurt kyle lara larry lars laura lauren
    lea leah lena leo leon leonard leonie leslie liam linda lindsay lisa lorenz louis louisa lucas lucia lucy ludwig
    luis luisa lukas luke lydia lynn madison maja malte mandy manfred manuel manuela marc marcel marco marcus
    margaret margarete maria marianne marie marina mario marion marius mark markus marlene marta martha martin
    martina marvin mary mateo mathias matt matthew matthias maurice max maximilian maya megan mehmet melanie melissa
    mia michael michaela michel michelle miguel mike mila mira miriam mohammed mona monica monika moritz nadine
    nadja nancy naomi natalia natalie natasha nathan nicholas nick nico nicola nicolas nicole niklas nils nina noah
    nora norbert olaf oleg oliver olivia omar oscar oskar otto pablo pamela pascal patricia patrick paul paula
    pauline pedro peggy peter petra phil philip philipp phillip pia pierre priya rachel rafael rainer ralf ralph
    ramona raphael raymond rebecca regina reinhard renate rene rené ricarda richard rita robert roberta roberto
    robin roger roland rolf roman ronald rosa rosemarie rosie roy rudolf russell ruth ryan sabine sabrina sally sam
    samantha samuel sandra sara sarah sascha scott sean sebastian selina sergio sharon shirley sibylle siegfried
    sigrid silke silvia simon simone sofia sonja sonya sophia sophie stefan stefanie steffen stella stephan
    stephanie stephen steve steven stuart sue susan susanne sven svenja sybille sylvia tamara tanja tara taylor ted
    teresa terry theo theodor theresa thomas thorsten till tim timo timothy tina tobias todd tom tommy toni tony
    torsten tracy travis tyler udo ulrich ulrike ursula uta ute uwe valentin valentina valerie vanessa vera verena
    veronika victor victoria viktor viktoria vincent viola virginia vivian volker walter waltraud wanda wayne wendy
    werner wesley wilhelm william wolfgang xavier yannick yara yasmin yusuf yvonne zachary zoe
    """.split()
)
