import { type Classes, type Pattern, type Phrases, pattern, phrases, union } from './phrase.ts';

/**
 * English in which people say that they want no more texts. Words come folded, without quotes, and spelled out by `SHORT`
 * ("dont" is "do not"). Wide where a sentence can only mean that, silent where it may mean something else.
 */

/** What stands for other words. */
export const SHORT: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    dont: 'do not', donot: 'do not', dnt: 'do not', doesnt: 'does not', didnt: 'did not', cant: 'can not', cannot: 'can not',
    wont: 'will not', wouldnt: 'would not', shouldnt: 'should not', isnt: 'is not', aint: 'is not', arent: 'are not',
    havent: 'have not', im: 'i am', ive: 'i have', id: 'i would', ill: 'i will', youre: 'you are', youve: 'you have',
    its: 'it is', thats: 'that is', theres: 'there is', weve: 'we have', wed: 'we would', wanna: 'want to', gonna: 'going to',
    gotta: 'got to', lemme: 'let me', u: 'you', ya: 'you', yall: 'you', ur: 'your', r: 'are', n: 'and', pls: 'please',
    plz: 'please', plse: 'please', pleas: 'please', pleae: 'please', plase: 'please', thx: 'thanks', thnx: 'thanks',
    tnx: 'thanks', ty: 'thanks', tks: 'thanks', txt: 'text', txts: 'texts', txting: 'texting', texing: 'texting',
    textin: 'texting', msg: 'message', msgs: 'messages', mssg: 'message', msging: 'messaging', messging: 'messaging',
    rn: 'right now', nomore: 'no more', num: 'number', nbr: 'number', okay: 'ok', k: 'ok', kk: 'ok', okey: 'ok',
    thankyou: 'thank you', maam: 'ma am', unsuscribe: 'unsubscribe', unsubcribe: 'unsubscribe', unsubscibe: 'unsubscribe',
    unsubscrib: 'unsubscribe', unsubsribe: 'unsubscribe', unscubscribe: 'unsubscribe', unsusbcribe: 'unsubscribe',
    unsubscrbe: 'unsubscribe', unsub: 'unsubscribe', optout: 'opt out', stopall: 'stop all', dnc: 'do not contact',
    recieve: 'receive', recieving: 'receiving', perm: 'permission',
  }).map(([short, long]) => [short, long.split(' ')]),
);

/** Temper, which changes no meaning. */
export const TEMPER = phrases(`fucking, fuckin, fking, fkn, fkin, freaking, freakin, frickin, fricking, damn, dang, damned, goddamn,
  goddamned, bloody, effing, motherfucking, the fuck, the hell, the heck, tf, literally, really, actually, also, kindly, all ready`);

export const POLITE = phrases('please, now, thanks, thank you, many thanks, ok, sir, ma am, por favor, merci, gracias, svp');

/** A speaker asks, insists, greets or explains before coming to it. */
const BEFORE = union(
  POLITE,
  phrases(`hi, hello, hey, yo, hi there, hey there, good morning, good afternoon, good evening, sorry, excuse me, no, nope, yes, yeah,
    just, simply, so, and, but, then, again, once again, once more, seriously, omg, wtf, ugh, god, jesus, christ, dude, bro, man, sis,
    guys, you guys, you people, folks, look, listen, pretty, last time, for the last time, this is the last time, final warning,
    last warning, final notice, last chance, i repeat, attention, notice, to whom it may concern, for the love of god,
    for gods sake, im begging you, i beg you, i am begging you, first of all,
    can you, could you, would you, will you, can you guys, could you guys, would you mind, do me a favor and,
    can someone, could someone, can somebody, do me a favor, be so kind as to, would you be so kind as to,
    if you could, if you would, if you can, i would appreciate it if you would, i would appreciate it if you could,
    i would appreciate if you would, i would appreciate if you could, i would appreciate it if you, i would be grateful if you would,
    i want you to, i need you to, i would like you to, i would like for you to, we want you to, we would like you to,
    i am asking you to, i am telling you to, i ask you to, i ask that you, we ask that you, i request that you, i am requesting that you,
    i demand that you, i demand you, i demand you to, i order you to, i am instructing you to, i asked you to, i told you to,
    i have asked you to, i have told you to, i already asked you to, i already told you to, i have already asked you to,
    i have already told you to, i keep asking you to, i keep telling you to, told you to, asked you to, asking you to, i said, i say,
    i already said, i have said, i just said, i have already said, you need to, you guys need to, you must, you have to, you got to,
    you should, you better, you had better, you are to, you are hereby directed to, let me be clear, to be clear,
    no thanks, no thank you, not interested, i am not interested, we are not interested, not interested anymore,
    i am no longer interested, no longer interested, wrong number, wrong person, who is this, who are you, who dis, i do not know you,
    i do not know who you are, i do not know who this is, i have no idea who this is, whoever this is, thanks but, i am good, im done,
    i am done, enough, this is harassment, this is spam, spam, reported, tired of this, i am tired of this, i am sick of this,
    i am tired of your texts, i am sick of your texts, i never signed up for this, i did not sign up for this,
    i did not ask for this, i never asked for this, i moved, i sold it, i already bought one, i already have one, never mind, nevermind,
    my name is not on here`),
);

/** Reasons and emphasis that may follow. Not "now", which limits "do not text me". */
const LATER = phrases(`please, thanks, thank you, many thanks, ok, sir, ma am, again, anymore, any more, any longer, ever, ever again, never again,
  at all, for good, forever, permanently, from now on, going forward, moving forward, in the future, in future, further, period,
  you guys, you people, dude, bro, man, guys, god, jesus, jeez, seriously, i mean it, i am serious, no means no, for real,
  i am not interested, not interested, i am no longer interested, no longer interested, no thanks, no thank you,
  wrong number, wrong person, have a nice day, have a good day, god bless, goodbye, bye, good day, peace, or else,
  via text, by text, via sms, by sms, via text message, by text message, on my phone, on my cell, on my cell phone, on this phone,
  from you, from you guys, from you people, from your company, from your business, from this number, from this company,
  from your number, from anyone, from your organization, from this business, of any kind, whatsoever, kthxbye, final warning,
  last warning, last time, for the last time, you idiot, you idiots, you jerk, you creep, asshole, assholes, bitch, idiots, idiot`);
const TAIL = union(
  LATER,
  phrases(`now, right now, immediately, asap, right away, at once, already, today, as of now, as of today, as of this moment,
    effective immediately, this instant, this minute, this second, as soon as possible, pronto, so annoying, thanks in advance`),
);

/** A new thought may begin with these, without a mark of punctuation. */
const OPENERS = phrases(`i, you, we, this, it, they, because, bc, cause, cuz, cos, or, and, since, as, why, who, what, that is, my, before i,
  stop, leave, take, remove, unsubscribe, wrong, not, no, how`);
/** After "do not text me" a new thought often limits it: "I am driving". */
const REASONS = phrases(`because, bc, cause, cuz, cos, or, this is, i am not, i do not, i did not, i never, i have never, i have already,
  i already, i said, i told, you, we are not, we do not, why, who, stop, leave, take, remove, unsubscribe, wrong, lose, delete`);

const MESSAGES = phrases(`texts, text messages, messages, sms, sms messages, spam, texting, messaging, text messaging, mass texts, group texts,
  notifications, alerts, ads, advertisements, advertising, promos, promotions, marketing, solicitations, solicitation, junk, spam texts,
  spam messages, communications, communication, correspondence, text spam, robotexts, robo texts, text blasts, blasts, offers,
  contact, messages and texts, texts and messages, texts and calls, calls and texts, texts or calls, calls or texts,
  messages or calls, calls or messages, emails or texts, texts or emails, texts and emails`);

const CLASSES: Classes = {
  STOP: phrases('stop, quit, cease, discontinue, halt, refrain from, desist from, avoid, cease and desist from, stop with, knock off'),
  TEXTING: phrases(`texting, messaging, contacting, spamming, harassing, bothering, bugging, annoying, pestering, disturbing, soliciting,
    hounding, stalking, writing, writing to, reaching out, reaching out to, hitting up, blowing up, trying to contact, trying to reach,
    attempting to contact, trying to text, sending text messages to, sending texts to, sending messages to, sending me messages to,
    sending messages, sending text messages, sending texts, text messaging, sms, text, message, filling up, clogging, clogging up`),
  CALLING: phrases('calling, phoning, emailing, calling me, emailing me'),
  CALL: phrases('call, phone, email, call me, email me'),
  TEXT: phrases(`text, message, contact, spam, harass, bother, bug, annoy, pester, disturb, solicit, write, write to, reach out,
    reach out to, hit up, sms, send texts to, send messages to, send text messages to, text message, try to contact, send sms to`),
  TEXTED: phrases('texted, contacted, messaged, bothered, spammed, solicited, disturbed, harassed, text messaged, on your list, on this list'),
  ME: phrases(`me, us, my phone, my number, this number, my cell, this phone, my cell phone, this cell phone, my mobile, my line, this line,
    this person, my phone number, this phone number, my inbox, our number, our phone, our phones, here, at this number, at my number,
    on this number, on my number, on this line, on my phone, on my cell, on my cell phone, to this number, to my number, to my phone,
    to me, to us, to this phone, with me, to my cell phone, to my cell, at this phone number, on this phone, up my phone, my poor phone,
    the person at this number, and my family`),
  DET: phrases(`the, these, those, this, your, all, all of, any, any of, more, any more, anymore, such, further, additional, future, other, so many,
    unwanted, unsolicited, annoying, constant, automated, promotional, marketing, spammy, stupid, dumb, silly, ridiculous, random, endless,
    text, sms, spam, junk, of your, of these, of the, of this, mass, group, daily, a single, another, one more, political, sales`),
  MESSAGES,
  THINGS: union(
    MESSAGES,
    phrases(`this, these, those, them, anything, anything else, stuff, crap, shit, bullshit, garbage, nonsense, trash, all this, things,
      text, message, a text, a message, any text, any message`),
  ),
  GET: phrases(`receive, get, see, hear, receiving, getting, seeing, hearing, be getting, be receiving, have, to receive, to get,
    to keep getting, to keep receiving, to be getting, to be receiving, to see, to have, to continue receiving, to continue to receive,
    to receive any, to be sent, be sent`),
  END: phrases(`end, cancel, turn off, shut off, disable, cut out, cut off, cease, terminate, discontinue, suspend, opt out of, opt me out of,
    unsubscribe from, unsubscribe me from, get rid of, enough of, enough with, no more of, stop with, stop, quit, quit with, block, halt`),
  NEVER: phrases(`do not, do not you, do not ever, do not you ever, do not you dare, never, never ever, you may not, you can not,
    you must not, you are not to, you are not allowed to, you are not authorized to, you are no longer allowed to,
    you are no longer authorized to, you should not, you do not have permission to, you do not have my permission to, you do not have consent to,
    you do not have my consent to, you no longer have permission to, you no longer have my permission to, you no longer have consent to,
    you no longer have my consent to, i do not give you permission to, i do not consent to you to, i did not give you permission to,
    you are not welcome to, i do not want you to, i do not want anyone to, i never want you to, no need to, i would rather you did not,
    i would prefer you did not, i would prefer that you not, i would prefer you not, i ask that you not`),
  NOT_WANTED: phrases(`do not want, no longer want, do not wish, no longer wish, never want, do not need, no longer need, do not care,
    would not like, would like not, would prefer not, prefer not, would rather not, do not like, would like to no longer,
    would like to not, want to no longer, am not interested in, not interested in, no longer interested in, am no longer interested in,
    are not interested in, have no interest in, do not consent, do not agree, never agreed, never consented, want to stop, would like to stop,
    wish to stop, need to stop, am tired of, am sick of, am done, am done with, did not want, want no more, want no, sick of, tired of,
    sick and tired of, am sick and tired of, do not appreciate, can i stop, can we stop, do i stop, do we stop, can you make me stop,
    how to stop, want these to stop, like to stop, trying to stop, am trying to stop, would love to stop, how can i not`),
  AGAIN: phrases('again, anymore, any more, any longer, ever again, ever, further, no more'),
  MORE: phrases('more, further, additional, more of these, more of your, more of the, future'),
  REMOVE: phrases('remove, delete, erase, purge, unsubscribe, unlist, opt out, opt, drop, strike, scratch, cross, clear'),
  TAKE: phrases('take, get, pull, cut, kick, scratch, cross, strike, drop, leave, keep, move, knock, wipe'),
  NUMBER: phrases('my number, this number, my phone number, this phone number, my phone, my cell, my cell number, my cell phone number, my mobile number, our number, this contact, the number'),
  NAME: phrases(`me, us, my name, my info, my information, my contact, my contact info, my contact information, my details, my name and number,
    my number and name, my data, my contact details, my phone and name, this person, all of us, my family, the number you are texting`),
  OFF: phrases('off, off of, from, out of, from being on, from receiving, from getting'),
  KIND: phrases(`your, this, the, that, these, those, all, all of, of, any, every, any and all, future, mailing, mail, texting, text, texts, sms,
    message, messaging, messages, contact, contacts, call, calling, phone, marketing, promotional, promotions, promo, spam, subscriber,
    subscribers, subscription, distribution, broadcast, group, mass, campaign, company, stupid, dumb, annoying, customer, client, lead,
    solicitation, notification, notifications, automated, sales, text message, of these, of your, whatever, damn, more, further, political`),
  LIST: phrases(`list, lists, database, databases, data base, system, systems, contacts, records, file, files, group, thread, chat, campaign,
    campaigns, texts, text, messages, message, marketing, mailings, rolls, roster, service, program, texting, messaging, listing, distribution,
    subscription, subscriptions, subscriber, sms, alerts, notifications, promotions, promos, spam, this, it, these, them, here, everything,
    communication, communications, conversation, address book, phone book, phonebook, contact, directory, mess, nonsense, crap, shit, thing`),
  UNSUBSCRIBE: phrases(`unsubscribe, unsubscribe me, unsubscribe us, unsubscribe this number, unsubscribe my number, unsubscribe my phone, opt out,
    opt me out, opt us out, opt this number out, opt my number out, opting out, unsubscribing, un subscribe, un subscribe me, opted out,
    be unsubscribed, be opted out, be removed, be taken off, be deleted, be off, get removed, get taken off, get off, get unsubscribed,
    get out, get myself off, get my name off, get my number off, come off, get my number removed, have my number removed, have my name removed,
    take myself off, remove myself, remove my number, remove my name, take my number off, take my name off, delete my number, be excluded,
    turn this off, turn these off, withdraw, get me off`),
  WISH: phrases(`i want to, i would like to, i wish to, i need to, i am trying to, i have been trying to, i am wanting to, i am going to, want to, need to,
    would like to, like to, wish to, trying to, how do i, how do we, how can i, how can we, how do you, how would i, how could i,
    how should i, how to, how exactly do i, how might i, where do i, where can i, can i, may i, could i, can we, may we, what do i do to, what do i text to,
    what do i need to do to, what do i have to do to, what must i do to, what should i do to, what should i send to, is there a way to,
    is there any way to, is there an option to, tell me how to, show me how to, let me, allow me to, help me, help me to, i hereby,
    i choose to, i have decided to, i have chosen to, i am, we are, i, we, we want to, we would like to, we wish to, i prefer to,
    i would prefer to, i would rather, i elect to, i ask to, i am asking to, i request to, i am requesting to, i demand to, i asked to,
    i have asked to, i already asked to, i have already, i already, i have, i am ready to, it is time to, you can, you may, i consent to,
    how on earth do i, how in the world do i, how do i go about, i did, anyone know how to, do you know how to, do i need to do anything to,
    is it possible to, who do i contact to, who do i talk to to, i am writing to, i am texting to, i would love to, i expect to, i am looking to,
    i deserve to, i have to, i have tried to, i tried to, why can i not, i can not, please advise how to, which word do i send to`),
  CONSENT: phrases(`consent, my consent, permission, my permission, all consent, all permission, authorization, my authorization, any consent,
    any permission, any and all consent, any prior consent, prior consent, consent and permission, all prior consent`),
  WRONG: phrases('wrong, the wrong, a wrong'),
  WHOM: phrases('number, person, guy, phone, phone number, contact, lady, girl, woman, man, cell, cell phone, phone numbers, numbers, dude, individual, party, recipient, people, chick, house, one here'),
  MISTAKEN: phrases(`you have, you have got, you got, you reached, you have reached, you texted, you have texted, you are texting, you messaged,
    you are messaging, you have messaged, you are contacting, you contacted, this is, that is, it is, i think, i believe, i think this is,
    i think that is, i think you, i believe this is, i am afraid, think, must be, must have, may have, might have, you must have, you may have,
    you might have, you probably have, you still have, you seem to have, it looks like, looks like, seems like, you called, you dialed,
    you obviously have, you clearly have, you guys have, the, you are calling, you have called, you have been texting, you keep texting, got,
    have, you sent this to, you are sending this to, you are reaching, you are, i am, oh, oops, whoops, um, hmm, again, still, i am sorry,
    sorry but, apologies, actually, definitely, i guess, hi i think, texting, text to, sent to, for, to, sent this to`),
  EARLIER: phrases('no longer, not, never, not actually, never was, not even'),
};

const all = (sources: readonly string[]): readonly Pattern[] => sources.map((source) => pattern(source, CLASSES));

/** How the person begins, in any number and order. */
export const BEGINNINGS: Phrases = BEFORE;

interface Way {
  readonly cores: readonly Pattern[];
  /** What may still be said in the same breath. */
  readonly tail: Pattern;
  /** What may begin a new thought behind it, unmarked. */
  readonly openers: Phrases;
}

const ANY_TAIL = pattern('TAIL*', { TAIL });
const LATER_TAIL = pattern('LATER*', { LATER });

export const WAYS: readonly Way[] = [
  {
    tail: ANY_TAIL,
    openers: OPENERS,
    cores: all([
      // stop texting me
      'STOP TEXTING ME* with? DET* MESSAGES? ME*',
      'STOP TEXTING ME* with? DET+ THINGS',
      'STOP all? sending ME* DET* THINGS? ME*',
      'STOP CALLING ME+',
      'STOP CALLING and|or|n TEXTING ME*',
      'STOP TEXTING ME* and|or|n CALLING ME*',
      'STOP all? DET* contact|communication|communications ME* with? ME*',
      'cease and desist',
      'stop and desist',
      // stop these messages; no more texts
      'END DET* MESSAGES ME*',
      'no MORE+ DET* MESSAGES ME*',
      'no texts|messaging|texting',
      'no more text|texting|message|messaging|contact',
      'enough DET* MESSAGES',
      'enough TEXTING|texting ME*',
      'DET+ MESSAGES must|need|needs|has|have to? stop|end|cease',
      'make|have DET* MESSAGES|this|it stop',
      'would? you? not TEXTING ME+',
      // take me off your list
      'REMOVE NAME|NUMBER ME* OFF KIND* LIST',
      'REMOVE NUMBER',
      'remove|delete|unsubscribe|erase me',
      'TAKE NAME|NUMBER off|out',
      'TAKE NAME|NUMBER OFF KIND* LIST',
      'get off|out my phone',
      'get off of my phone',
      'put|add|place|get NAME|NUMBER on|to|onto KIND* do not call|contact|text|disturb|solicit KIND* list|registry?',
      'put|add|place NAME|NUMBER on|to|onto KIND* opt out list|registry?',
      'lose|forget|delete|erase|remove|trash|discard|burn|destroy NUMBER',
      'lose my contact|info|digits',
      'block my number',
      // unsubscribe
      'WISH* UNSUBSCRIBE from|of|off|out? KIND* LIST? ME*',
      'WISH* UNSUBSCRIBE ME*',
      'WISH* END KIND* MESSAGES',
      'WISH* remove|take|delete|get NAME|NUMBER OFF KIND* LIST',
      'WISH* STOP getting|receiving DET* MESSAGES|THINGS ME*',
      'WISH* make|get DET* MESSAGES to? stop',
      'WISH* not be TEXTED',
      'i? want|need|would? like? to? be? NAME|NUMBER? removed|off|deleted|out OFF? KIND* LIST',
      // consent
      'WISH* revoke|revoking|withdraw|withdrawing|rescind|remove|retract CONSENT to? TEXT|be? ME* TEXTED?',
      'WISH* revoke|revoking|withdraw|withdrawing|rescind CONSENT for? to? DET* MESSAGES|TEXTING|text|contact? ME*',
      'CONSENT is|has? been? hereby? revoked|withdrawn|rescinded|denied',
      'i do not|never consent|consented|agree|agreed to GET? DET* MESSAGES|THINGS',
      'i do not|never consent|consented|agree|agreed to being|be TEXTED',
      // go away
      'leave me|us|my alone',
      'leave me|us the? be|alone',
      'leave my phone|number alone',
      'leave alone',
      'go away',
      'get lost',
      'buzz|fuck|f|piss|bug|bugger|sod|screw|eff off',
      'get out of my phone|inbox|messages',
      'let me be',
    ]),
  },
  {
    tail: LATER_TAIL,
    openers: REASONS,
    cores: all([
      // do not text me
      'NEVER TEXT ME+ DET* MESSAGES?',
      'NEVER TEXT ME* AGAIN',
      'NEVER TEXT ME* and|or|nor CALL ME*',
      'NEVER CALL and|or|nor TEXT ME*',
      'NEVER CALL ME* AGAIN',
      'NEVER send ME+ DET* THINGS',
      'NEVER send DET* MESSAGES ME*',
      'NEVER send DET* THINGS to? ME+',
      'NEVER send ME* DET* THINGS? ME* AGAIN',
      'NEVER send ME+ ME*',
      'NEVER keep TEXTING|sending ME* DET* THINGS?',
      'NEVER continue to? TEXT|TEXTING ME+',
      'NEVER use my|this number ME*',
      'do not text|contact|message|disturb|solicit',
      'not TEXTING ME+',
      // I do not want your texts
      'i|we? NOT_WANTED to? GET? DET* MESSAGES ME*',
      'i|we? NOT_WANTED GET? from|of|you|your DET* MESSAGES',
      'i|we? NOT_WANTED GET DET* THINGS ME*',
      'i|we? NOT_WANTED to? be|being TEXTED',
      'i|we? NOT_WANTED to? hear|hearing anything? more? from you AGAIN*',
      'i|we? NOT_WANTED any? contact with|from you',
      'i|we? NOT_WANTED you to? TEXT|TEXTING ME*',
      'i|we? NOT_WANTED you TEXT|TEXTING ME*',
      'i|we? NOT_WANTED to? be on|in|part KIND* LIST',
      // wrong number
      'MISTAKEN* WRONG WHOM',
      'MISTAKEN* WRONG NUMBER',
      'this|it is EARLIER _ WHOM',
      'this|it is EARLIER _ _ number',
      'there is no _ here|at? this? number?',
      'no _ at this number',
      'not my|his|her|their|your number',
    ]),
  },
];

/** The bare words count in a message of several sentences only if the others say nothing else. */
export const BARE: readonly Pattern[] = all([
  'STOPS',
]);

`
