/* The protocol of docs/sync-protocol.md for one server and two devices, as a model for spin: enrolment with lost answers, sync
 * with lost answers, restore of the server and of a device from an old copy, a device that forks, erasure. tests/protocol.sh
 * looks at every order of events. A changeset is a mark: which life of its author wrote it. Node 0 is the server.
 *
 * With -DUNGUARDED both sides may be restored at once, before they have spoken again. Then a changeset is lost for good in
 * which the only two copies were undone; spin shows how. No protocol can help there, and none of these laws asks for it.
 *
 * With -DLATE, instead of being restored, device 1 has a request that is late on the line, and a clock that is ahead once: what the
 * server refuses then it stamps anew. Late requests of a life that a restored server has forgotten are its danger: they are kept out by
 * the epoch that each restore draws; with -DNO_EPOCH as well, spin shows how the device's chain splits.
 */
#define DEVICES 2
#define NODES   3
#define MOST    2

typedef Chain { byte length; byte mark[MOST] };
typedef Node { Chain by[NODES] };

Node node[NODES];   /* what each knows of each author's chain */
Node copy[NODES];   /* backups */
bool copied[NODES];
byte life[NODES];   /* counts restores: what is written afterwards is not what was written before */
bool aside[NODES];  /* forked: it enrols anew, under another number */
bool unspoken[NODES]; /* restored, and has not synced since */
bool awaited[NODES];  /* the server was restored and has not heard from it */
byte number[NODES];
byte numbers = 1;
bool erased;        /* somebody was told that the erasure is done */
byte finished;

#ifdef LATE
Chain late;         /* what a request of device 1 carries that is still on the line */
byte late_number, late_epoch;
bool is_late;
byte counter;       /* device 1's requests */
byte taken, copy_taken; /* the last of them that the server, and its backup, know */
byte ever;          /* how much of its chain any server has taken: what was no future once is none later */
#define STAMPED_ANEW 4
#define WRITES(d) (4 - 2 * d) /* device 2 only reads, and remembers for a server that is restored */
#define ERASES false
#else
#define WRITES(d) (3 - d)
#define ERASES true
#endif

inline write(n) {
    if
    :: node[n].by[n].length < MOST ->
        node[n].by[n].mark[node[n].by[n].length] = life[n];
        node[n].by[n].length++
    :: else
    fi
}

/* to learns from's chain of a; clash: the two do not continue each other */
inline learn(to, from, a) {
    i = 0;
    clash = false;
    do
    :: i < node[to].by[a].length && i < node[from].by[a].length ->
        if :: node[to].by[a].mark[i] != node[from].by[a].mark[i] -> clash = true :: else fi;
        i++
    :: else -> break
    od;
    if
    :: clash -> skip
    :: else ->
        do
        :: node[to].by[a].length < node[from].by[a].length ->
            node[to].by[a].mark[node[to].by[a].length] = node[from].by[a].mark[node[to].by[a].length];
            node[to].by[a].length++
        :: else -> break
        od
    fi
}

inline copy_chain(to, from) {
    to.length = from.length;
    i = 0;
    do :: i < MOST -> to.mark[i] = from.mark[i]; i++ :: else -> break od
}

inline restore(n) {
    a = 0;
    do
    :: a < NODES ->
        copy_chain(node[n].by[a], copy[n].by[a]);
        a++
    :: else -> break
    od;
    life[n]++
}

inline back_up(n) {
    a = 0;
    do
    :: a < NODES ->
        copy_chain(copy[n].by[a], node[n].by[a]);
        a++
    :: else -> break
    od;
    copied[n] = true
}

/* Which requests of device 1 the server has taken is in its backup as well. */
inline note_copy() {
#ifdef LATE
    copy_taken = taken
#else
    skip
#endif
}

inline restore_server() {
    restore(0);
#ifdef LATE
    taken = copy_taken
#endif
}

#ifdef LATE
inline note_ever(n) {
    if :: node[n].by[1].length > ever -> ever = node[n].by[1].length :: else fi
}
#endif

inline request(d) { /* one transaction at the server */
#ifdef LATE
    if :: d == 1 -> counter++; taken = counter; note_ever(1) :: else fi;
#endif
    a = 0;
    do
    :: a < NODES ->
        learn(0, d, a);
        if
        :: clash && a == d -> assert(life[d] > 0); aside[d] = true; awaited[d] = false
        :: clash && a != d -> assert(false) /* two histories of somebody else */
        :: else
        fi;
        a++
    :: else -> break
    od
}

inline answer(d) {
    a = 0;
    do
    :: a < NODES && !aside[d] ->
        learn(d, 0, a);
        if
        :: clash && a == d -> assert(life[d] > 0); aside[d] = true; awaited[d] = false
        :: clash && a != d -> assert(false)
        :: else
        fi;
        a++
    :: else -> break
    od;
    if
    :: !aside[d] ->
        unspoken[d] = false; awaited[d] = false;
        if :: node[d].by[0].length > 0 -> erased = true :: else fi
    :: else
    fi
}

#ifdef LATE
inline send_late() {
    counter++;
    late_number = counter;
    late_epoch = life[0]; /* at the best: its sync may have begun before */
    copy_chain(late, node[1].by[1]);
    is_late = true
}

inline arrive_late() {
    is_late = false;
    if
#ifdef NO_EPOCH
    :: late_number > taken ->
#else
    :: late_number > taken && late_epoch == life[0] ->
#endif
        taken = late_number;
        i = 0;
        do /* what continues the chain is taken, and what does not is refused */
        :: i < late.length && i < node[0].by[1].length && late.mark[i] == node[0].by[1].mark[i] -> i++
        :: else -> break
        od;
        if
        :: i == node[0].by[1].length && i < late.length -> copy_chain(node[0].by[1], late); note_ever(0)
        :: else
        fi
    :: else
    fi;
    i = 0;
    late.length = 0; late_number = 0; late_epoch = 0;
    do :: i < MOST -> late.mark[i] = 0; i++ :: else -> break od
}

/* The server refuses what lies in the future; the device stamps it anew. */
inline stamp_anew() {
    counter++;
    taken = counter;
    i = ever;
    do
    :: i < node[1].by[1].length -> node[1].by[1].mark[i] = node[1].by[1].mark[i] + STAMPED_ANEW; i++
    :: else -> break
    od
}
#endif

proctype Device(byte d) {
    byte i, a, at, writes = 0, syncs = 0;
    bool clash;
#ifdef LATE
    byte lates = 0;
    bool stamped;
#endif
    /* enrolment: the answer may be lost; the same key asks again and gets the same number */
    do
    :: atomic { if :: number[d] == 0 -> numbers++; number[d] = numbers :: else fi }
        if :: break :: skip /* lost */ fi
    od;
    do
    :: writes < WRITES(d) && !aside[d] -> atomic { write(d); writes++ }
    :: syncs < 3 - d && !aside[d] ->
        atomic { syncs++; at = life[0]; request(d) }
        if
        :: atomic { if :: !aside[d] && life[0] == at -> answer(d) :: else fi } /* a server that was restored meanwhile has hung up */
        :: skip /* the answer is lost */
        fi
#ifdef LATE
    :: atomic { d == 1 && !is_late && lates < 2 && !aside[1] -> lates++; send_late() }
    :: atomic { d == 1 && !stamped && !aside[1] && node[1].by[1].length > ever -> stamped = true; stamp_anew() }
#else
    :: d == 1 && !copied[d] -> atomic { back_up(d) }
#endif
#ifdef UNGUARDED
    :: atomic { d == 1 && copied[d] && life[d] == 0 && !aside[d] -> restore(d); unspoken[d] = true }
#else
    :: atomic { d == 1 && copied[d] && life[d] == 0 && !aside[d] && !awaited[1] && !awaited[2] -> restore(d); unspoken[d] = true }
#endif
    :: break
    od;
    atomic { finished++ }
}

proctype Server() {
    byte i, a;
    do
#ifdef LATE
    :: atomic { is_late -> arrive_late() }
#endif
    :: atomic { ERASES && node[0].by[0].length == 0 && !awaited[1] && !awaited[2] -> write(0) } /* erases somebody */
    :: !copied[0] -> atomic { back_up(0); note_copy() }
#ifdef UNGUARDED
    :: atomic { copied[0] && life[0] == 0 -> restore_server(); awaited[1] = !aside[1]; awaited[2] = !aside[2] }
#else
    :: atomic { copied[0] && life[0] == 0 && !unspoken[1] && !unspoken[2] -> restore_server(); awaited[1] = !aside[1]; awaited[2] = !aside[2] }
#endif
    :: break
    od;
    atomic { finished++ }
}

proctype Rest() {
    byte i, a, d, round = 0;
    bool clash;
    finished == NODES;
    atomic {
        do
        :: round < 2 ->
            d = 1;
            do
            :: d <= DEVICES -> if :: !aside[d] -> request(d); answer(d) :: else fi; d++
            :: else -> break
            od;
            round++
        :: else -> break
        od;
        assert(number[1] != number[2] && numbers == 1 + DEVICES); /* nobody got two numbers */
        d = 1;
        do
        :: d <= DEVICES ->
            if
            :: aside[d] -> assert(life[d] > 0)
            :: else -> /* all is there, and the same */
                a = 0;
                do
                :: a < NODES ->
                    assert(node[d].by[a].length == node[0].by[a].length);
                    i = 0;
                    do
                    :: i < node[0].by[a].length -> assert(node[d].by[a].mark[i] == node[0].by[a].mark[i]); i++
                    :: else -> break
                    od;
                    a++
                :: else -> break
                od
            fi;
            d++
        :: else -> break
        od;
        /* what a device that lives has been told of stays erased */
        if :: erased && !aside[1] && !aside[2] && life[1] == 0 -> assert(node[0].by[0].length > 0) :: else fi
    }
}

init { atomic { run Device(1); run Device(2); run Server(); run Rest() } }
