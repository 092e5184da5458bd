"""Words that turn a sentence round. One pair a line piece; every form of a word counts (see `lemmas`)."""

from __future__ import annotations

from functools import cache

from retrieval.verification.lemmas import lemma

# Words of one side are separated by "/", the sides by "|".
_PAIRS = """
rise/increase/grow/climb/gain/jump/surge/soar | fall/decrease/decline/drop/shrink
rise/increase/grow/climb/gain/jump/surge/soar | sink/plunge/slump/down/downward/plummet
rise/increase/grow/climb/gain/jump/surge/soar | tumble/dip/contract/slide/dwindle/reduce/reduction/lower/cut/loss
up/upward/rally/expand/swell/advance/growth/rebound | fall/decrease/decline/drop/shrink
up/upward/rally/expand/swell/advance/growth/rebound | sink/plunge/slump/down/downward/plummet
up/upward/rally/expand/swell/advance/growth/rebound | tumble/dip/contract/slide/dwindle
up/upward/rally/expand/swell/advance/growth/rebound | reduce/reduction/lower/cut/loss
raise/lift/boost/hike | lower/cut/reduce/slash/trim
strengthen | weaken
improve/improvement/better | worsen/deteriorate/deterioration/worse
accelerate/quicken/speed | slow/decelerate/slowdown
more | less/fewer
most | least/few/fewest
above/over/exceed | below/under/beneath
high | low
large/big/great/huge | small/little/tiny/minor
major | minor
long/lengthen | short/shorten
wide/widen/broad/broaden | narrow
fast/quick/rapid/quickly/rapidly | slow/slowly
early | late
before/previously/ahead/earlier | after/following/afterwards/later/behind
until | since/after
first | last/final
begin/start/open/launch/commence/beginning | end/stop/finish/close/halt/conclude/cease/ending/finish
open/reopen | close/shut
continue/proceed/resume | stop/halt/cease/end/suspend/pause/abandon
win/victory/winner | lose/defeat/loss/loser
succeed/success/successful | fail/failure/unsuccessful
agree/accept/approve/consent/endorse/back | refuse/reject/oppose/decline/deny/disagree/veto
agree/accept/approve/consent/endorse/back | resist/refusal/rejection/opposition/against/disapprove/object
support/favor/agreement/acceptance/approval/for | refuse/reject/oppose/decline/deny/disagree/veto
support/favor/agreement/acceptance/approval/for | resist/refusal/rejection/opposition/against/disapprove/object
allow/permit/legalise/authorise/let | ban/forbid/prohibit/bar/block/prevent/outlaw/banned
confirm/admit/acknowledge | deny/reject/dispute
include/including | exclude/excluding/except
with | without
buy/purchase/acquire | sell
lend | borrow
import | export
arrive/come/enter/join/return/arrival/entry | leave/depart/exit/quit/withdraw/departure/withdrawal
appoint/hire/employ/recruit | dismiss/fire/sack/oust/remove
add | remove/subtract
attack/offensive | defend/defensive/retreat
love/like | hate/dislike
praise/welcome/applaud/commend | criticise/condemn/denounce/blame/criticism
hot/warm/warmer | cold/cool/colder
strong | weak
rich/wealthy | poor
old/elderly | young/new
safe/safely | dangerous/unsafe
safety | danger
legal/lawful | illegal/unlawful
true | false/untrue
right | wrong/left
public | private
north/northern/northeast | south/southern/southwest
east/eastern/northeast/southeast | west/western/northwest/southwest
northeast | northwest
southeast | southwest
male/man/men/boy/father/son/brother/husband/king | female/woman/women/girl/mother/daughter/sister/wife/queen
alive/survive/living/birth/born/survivor | dead/die/kill/death
guilty/convict | innocent/acquit
arrest/detain/imprison/jail | release/free
war | peace
build/construct/create/establish | destroy/demolish/dismantle/abolish
always | never/rarely/seldom
often/frequently/usually | rarely/seldom/never
all/every/each/everyone | none/no/some/few/nobody
many/several/numerous/most | few
both | neither
inside/within/in/into/indoor | outside/out/out of/outdoor
internal/domestic | external/foreign
front | rear/back
top/upper | bottom/lower
maximum/at most | minimum/at least
majority | minority
positive | negative
possible | impossible
likely | unlikely
able | unable
certain/sure | uncertain/unsure
known | unknown
common | rare/uncommon
easy/simple/easily | difficult/hard/complex
full | empty
heavy | light
day | night
morning | evening
present | absent
friend/ally | enemy/foe/rival
profit | loss/deficit
surplus | deficit
income/revenue | expense/cost
supply | demand
push | pull
send | receive
give | take/receive
teach | learn
ask/question | answer/reply
remember | forget
save | spend/waste
protect | harm/endanger
help/encourage/promote/assist | hinder/discourage/prevent/hamper
unite/merge/combine | divide/split/separate
attach/connect | detach/disconnect
cause | prevent
hire | fire
pass | fail
increase | stagnate
stable/unchanged/steady/constant | unstable/changed/volatile/vary
same/equal/similar/alike | different/unequal/differ
old | modern
ancient | modern
past | future
cheap/cheaper | expensive/dear
major | lesser
inferior | superior
optimistic | pessimistic
voluntary | forced/compulsory/mandatory
optional | mandatory/compulsory
temporary | permanent
direct/directly | indirect/indirectly
active | passive/inactive
dry/drought | wet/rainy/flood
clean | dirty/polluted
thick | thin
deep | shallow
near/close | far/distant
urban | rural
visible | invisible
natural | artificial
offer/grant | deny/refuse/withhold
obey/comply | disobey/defy/violate
trust | distrust
hope | fear/despair
tighten/strict | loosen/ease/relax/lenient
impose | lift/remove
sign | cancel/annul
ratify | reject/repeal
repeal/revoke/scrap/cancel/abolish/withdraw | introduce/impose/enact/adopt/pass
hide/conceal | reveal/disclose/expose
delay/postpone/late/delayed | hasten/advance/bring forward/early
gain | lose
uphold/confirm/maintain | overturn/quash/reverse/annul/strike
suspend | reinstate/resume
recover/recovery | collapse/relapse
narrow | widen
friendly | hostile
mainly/mostly/partly/chiefly/largely/nearly/almost | exclusively/entirely/solely/only/wholly/fully
majority | few
upgrade | downgrade
overestimate | underestimate
overvalue | undervalue
employed | unemployed
employment/hiring | unemployment
export/exporter | import/importer
seller | buyer
teacher | student/pupil
employer | employee
victim | perpetrator/attacker
defendant | plaintiff/prosecutor
democrat | republican
left | right
liberal | conservative
capture/seize/conquer/occupy | liberate/surrender/lose/abandon
attract | repel
expand/broaden | limit/restrict
maximum | minimum
maximise | minimise
import | produce
healthy | sick/ill/unhealthy
heaviest | lightest
highest | lowest
largest/biggest/greatest | smallest
longest | shortest
oldest | youngest/newest
fastest | slowest
strongest | weakest
best | worst
richest/wealthiest | poorest
earliest | latest
higher | lower
larger/bigger/greater | smaller
longer | shorter
older | younger/newer
faster | slower
stronger | weaker
better | worse
earlier | later
nearer/closer | farther/further
upstream | downstream
even | odd
plus | minus
married | divorced/single
primary | secondary
absolute | relative
necessary | unnecessary
important | unimportant
popular | unpopular
effective | ineffective
regular | irregular
official | unofficial
formal | informal
complete | incomplete
correct | incorrect
dependent | independent
relevant | irrelevant
sufficient/adequate/enough | insufficient/inadequate
similar | dissimilar
consistent | inconsistent
violent | peaceful/non-violent
aware | unaware
expected | unexpected
usual | unusual
fortunate | unfortunate
lucky | unlucky
happy/glad/pleased | unhappy/sad/angry/upset
satisfied | dissatisfied/disappointed
"""


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _PAIRS.strip().splitlines():
        left, right = ([lemma(word.strip()) for word in side.split("/")] for side in line.split("|"))
        for one in left:
            for other in right:
                if one != other:
                    found.setdefault(one, set()).add(other)
                    found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "de")


@cache
def are_opposites(one: str, other: str) -> bool:
    """Return whether two lemmas say the contrary of each other."""
    if other in _opposites().get(one, ()):
        return True
    return any(
        longer == prefix + shorter and len(shorter) > 3
        for prefix in _PREFIXES
        for longer, shorter in ((one, other), (other, one))
    )


def has_opposite(word: str) -> bool:
    """Return whether any word is known to say the contrary of this lemma."""
    return word in _opposites()
