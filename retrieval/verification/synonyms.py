"""Words that a fluent writer puts for one another in the news; one group a line, a word may stand in several."""

from __future__ import annotations

from functools import cache

from retrieval.verification.lemmas import lemma

_GROUPS = """
say tell state add note declare announce remark explain
say mention comment report according write describe statement announcement
say call describe
claim allege assert contend maintain
admit acknowledge concede confess
warn caution warning
promise pledge vow
argue contend
rise increase grow climb jump surge soar go-up growth up gain
rise raise lift boost hike increase
fall decrease decline drop plunge slump sink plummet tumble down dip reduce shrink lower
cut reduce lower slash trim reduction decrease
shrink contract
begin start commence open launch outbreak break beginning onset
end finish conclude stop halt cease close ending
open reopen inaugurate
reopen again
close shut closure
buy purchase acquire acquisition takeover
takeover acquisition deal purchase
deal agreement accord pact treaty contract
agree accept consent
sell sale
win victory triumph
win beat defeat overcome
defeat beat overcome loss
lose loss defeat
kill die death dead fatality slay
injure hurt wound injury casualty
hurt harm damage
destroy devastate
destroy demolish ruin wreck raze
attack assault strike raid
strike walkout
hit strike crash collide impact
crash collision impact hit accident
leave depart go exit
leave keep remain
arrive come reach
return come back
reach attain hit
get receive obtain
gain obtain acquire win receive
give provide grant offer supply donate
provide supply deliver offer
offer propose
plan intend aim want propose
plan schedule set due
expect anticipate predict forecast
predict forecast estimate project
estimate approximate calculate reckon
ask request demand call urge appeal
demand require
need require necessary must
must need
have possess own
own possess belong
build construct erect construction
make create produce manufacture build
produce manufacture make production
create establish found set form
found establish set start create founded
founded establish start create set form
form establish create constitute
find discover detect identify locate discovery
show demonstrate reveal indicate display
reveal disclose show uncover
use employ utilise apply
use consume
help assist aid support
support back endorse favor
oppose resist object against
allow permit enable let
ban forbid prohibit bar outlaw
stop prevent block halt
approve pass back endorse accept ratify authorise
adopt pass approve
reject refuse decline dismiss turn
vote ballot
elect choose vote
choose select pick
appoint name nominate
name call title dub
call describe term name label
know recognise aware
think believe consider
believe think
see view regard
watch see view attend
look appear seem
happen occur place take
occur happen
live reside inhabit dwell
move relocate transfer shift
go travel move
travel journey trip go
send dispatch ship
bring carry take
carry transport bear
hold keep
keep retain maintain hold preserve
stay remain
remain stay continue still
continue carry proceed
change alter modify
change shift
become turn
turn convert transform
lead head run
lead cause result
run operate manage
manage run head
manager boss head
join enter
pay spend
cost price worth
cost spend
work labor job operate
job post position
work function
worker employee staff
employ hire staff work
study research survey investigation
researcher scientist
research study
scholar researcher academic
test trial experiment
trial court
check examine inspect
examine study inspect investigate review
investigate probe inquiry examine investigation
investigation probe inquiry
arrest detain
detain hold arrest
jail imprison prison
prison jail
accuse charge blame
charge accuse indict
allegation accusation charge claim
try attempt
attempt effort bid try
effort attempt
refuse decline
deny reject
discuss talk debate
talk speak
talks negotiation discussion
negotiation talks
meeting summit conference talks
meet gather
gather assemble collect
rule govern reign
rule law regulation
law legislation act bill
government administration cabinet
govern rule
minister secretary
leader head chief
head chief boss leader
chief head main
main chief principal primary key major
key main important crucial
important significant major key
big large huge great major
large big huge sizeable great vast
huge enormous massive vast giant
biggest largest greatest
bigger larger greater
small little tiny minor
quick fast rapid swift
quickly rapidly fast swiftly
soon shortly
shortly soon briefly
now currently today present
currently now
currently present
previously earlier before formerly
former ex previous
previous former earlier prior
later afterwards subsequently then after
after following later since
before prior
during throughout while
while whereas
because due owing since
cause due
cause lead result trigger bring prompt
cause reason
reason cause
so therefore thus
also too addition
about around approximately roughly some nearly
almost nearly
nearly almost close
more over above exceed
exceed surpass top
over more during
under less below
only just merely sole
just only
mostly mainly chiefly largely primarily
mainly chiefly primarily largely mostly
often frequently
usually generally normally typically
again reopen once
first initial
initially first originally
last final
finally eventually
last past
new recent
recently lately
old ancient
old aged
age old
child kid youngster
kid child
woman female lady
man male
people person resident inhabitant citizen
resident inhabitant local people
citizen national
population people inhabitant
house home residence
home house
building structure
road street highway
car vehicle automobile
vehicle car
plane aircraft jet
aircraft plane airplane
ship boat vessel
boat ship vessel
train rail
railway rail railroad
city town
town city
village town settlement
country nation state
nation country
area region zone district
region area province
place location site spot
site location place
field area
part section portion
share portion part proportion
share stock
company firm business corporation
firm company business
business company trade
trade commerce
industry sector
money fund cash
fund finance money
finance fund
price cost
profit gain earning
rate level
level rate
amount sum quantity
number figure amount count
figure number
total sum overall altogether
measure step
step measure move
measure scale
goal aim target objective
aim target goal purpose
purpose aim
task job mission
problem issue trouble difficulty
issue problem matter
danger risk threat hazard
threat danger
risk danger
war conflict fighting
conflict war fighting
battle fight combat
fight battle combat struggle
army military force troop
troop soldier force
soldier troop
weapon arm
police officer
officer official
official authority
authority official
doctor physician medic
disease illness sickness
illness disease
ill sick
medicine drug medication
drug medicine
hospital clinic
school college
student pupil
pupil student
teacher instructor
university college
book volume
picture image photo photograph
image picture
film movie
song track
game match
match game
team squad side
player footballer
coach manager trainer
competition contest tournament
prize award
award prize
trophy title cup
famous renowned known celebrated
known famous
rich wealthy
poor impoverished
strong powerful
powerful strong mighty
power energy electricity
energy power
force power compel
force oblige compel make
difficult hard tough
hard difficult
easy simple
dangerous hazardous risky
safe secure
beautiful pretty
happy glad pleased
angry furious
various different diverse
different various distinct
similar alike comparable
same identical
whole entire full complete
complete finish
full complete
total complete
enough sufficient
several various multiple
many numerous
many numerous lot
lot many much
much lot
annual yearly
yearly annual
year annual
day daily
daily day
week weekly
month monthly
weekend saturday-sunday
decade ten-year
near close nearby
close near
far distant
around near
within inside
across throughout
along alongside
between among
for favor
against oppose
since from
from since
until till
land ground soil
land arrive touch
sea ocean
ocean sea
forest wood woodland
rain rainfall
rainfall rain
storm hurricane
storm tempest
fire blaze
blaze fire
flood flooding
earthquake quake
weather climate
orbit circle
star sun
discover find
invent develop
develop create design
design plan
design create
spacecraft probe
probe spacecraft craft
rocket launcher
launch start lift
release publish issue free
publish release issue print
free release liberate
tackle address
solve resolve settle
resolve settle solve
settle resolve
end last
last endure
hope wish
want wish desire
need want
like enjoy
praise laud commend
criticise condemn slam attack blame
condemn denounce
welcome hail greet
celebrate mark
mark celebrate
significant considerable substantial sizeable
believe hold
force compel have
forced had compelled
region territory
weigh mass
death die toll
jobless unemployed
trip visit tour
salary wage pay
wage pay salary
border frontier boundary
customs tradition
tradition custom
mistake error
error mistake
speech address talk
strange odd unusual peculiar
unusual odd rare uncommon
shortage scarcity lack
eventually ultimately finally
complex complicated
modern contemporary
ordinary common
affluent wealthy rich
immense huge vast
clothes garment clothing
tale story
story report tale
journalist reporter
reporter journalist
customer client
client customer
buyer customer purchaser
vendor seller
firefighter fireman crew
crew team staff
spokesman spokesperson spokeswoman representative
representative delegate
ban embargo sanction prohibition
bill law act
budget spending
spending expenditure
debt loan
loan credit
bank lender
lender bank
tax levy duty
levy tax duty
vaccine jab shot
virus infection
patient sufferer
outbreak epidemic
scheme plan programme project
project scheme programme plan
initiative project plan
draft proposal plan
proposal plan suggestion
suggest propose indicate
recommend advise suggest
advise recommend
decide determine rule choose
decision ruling verdict
ruling decision verdict judgment
verdict ruling decision
probe inquiry
blast explosion
explosion blast detonation
bomb explosive
gunman shooter attacker
attacker assailant
shoot fire gun
clash fight conflict
ceasefire truce
truce ceasefire armistice
refugee migrant
migrant immigrant
immigrant migrant
famine hunger starvation
drought dry
pollution contamination
emission pollution
temperature heat
heatwave heat
shore coast
coast shore seaside
hill mountain
mountain peak
bay harbor
harbor port
port harbor
airport airfield
flight plane
crew sailor
captain skipper
skip miss
miss fail
debut premiere
premiere debut
exhibition show display
museum gallery
painter artist
singer vocalist
author writer novelist
writer author
actor performer
crowd spectator audience
spectator fan crowd viewer watch
fan supporter
supporter fan backer
backer supporter
opponent rival critic
rival competitor opponent
competitor rival
ally partner
partner ally
surpass exceed
replace substitute succeed
succeed follow
follow succeed come
include contain comprise involve consist
contain include hold
consist comprise
comprise consist
involve include
represent make
account make
depend rely
affect influence impact
influence affect
impact effect
effect result impact
result outcome
outcome result
consequence result
respond reply answer react
answer reply response
reaction response
postpone delay put
delay postpone
cancel call scrap
suspend halt
resume restart
resign quit step
quit leave resign
retire step
flee escape leave
escape flee
evacuate leave
rescue save
save rescue
save store
protect guard defend
defend protect
guard protect
separate divide split
divide split separate
combine merge unite join
unite join
connect link join
link connect tie
relate connect
locate situate lie
situate locate lie
lie locate situate
originate come derive
derive come
descend come
spread expand extend
expand grow extend enlarge widen
extend stretch expand
stretch extend
limit restrict
restrict limit
control rule
seize capture take
capture seize take conquer
conquer capture
occupy take hold
invade attack
invasion attack
surround encircle
speak talk
language tongue
term word
word term
belief faith
religion faith
church cathedral
king monarch ruler
monarch king
ruler king
empire realm
kingdom realm
revolt rebellion uprising
rebellion revolt uprising
protest demonstrate demonstration rally
demonstration protest
riot unrest
murder kill assassinate
assassinate kill murder
die perish pass
perish die
born birth
birth born
wife spouse
husband spouse
parent mother father
origin source
source origin
type kind sort form
kind type sort
form type shape
method way technique
way method manner
technique method
process procedure
theory idea
idea concept
concept idea
fact truth
true real
real actual
actually really
increase expand
improve enhance better
enhance improve
worsen deteriorate
strengthen bolster reinforce
weaken undermine
speed pace velocity
velocity speed
fast speed
height tall high
tall high
high tall
long length
length long
wide width broad
broad wide
deep depth
weigh weight mass
weight mass weigh
mass weight
across diameter wide
measure be
hot warm
cold cool
wet rainy
bright brilliant
dark dim
visible seen
clear evident obvious
obvious clear evident
likely probable
probably likely
may might could possibly
possible potential
possibly perhaps maybe
able can capable
capable able
allegedly reportedly alleged
inhabit live
dominate rule
attend go visit
visit tour
tourist visitor
visitor tourist guest
guest visitor
owner proprietor
passenger traveller
traveller passenger
driver motorist
motorist driver
lawyer attorney
attorney lawyer
judge magistrate
court tribunal
sentence condemn
convict sentence
suspect accuse
victim casualty
casualty victim
survivor survive
survive live
"""


@cache
def _synonyms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _GROUPS.strip().splitlines():
        group = {lemma(word) for word in line.split()}
        for word in group:
            found.setdefault(word, set()).update(group)
    return {word: frozenset(others) for word, others in found.items()}


def synonyms(word: str) -> frozenset[str]:
    """Return the lemmas that may stand for a lemma, itself among them; none for a word that is not known."""
    return _synonyms().get(word, frozenset())


def are_synonyms(one: str, other: str) -> bool:
    """Return whether two lemmas may stand for one another."""
    return other in synonyms(one)
