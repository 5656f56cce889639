/* The protocol of docs/sync-protocol.md for one server and two devices, as a model for spin: enrolment with lost answers, sync
 * with lost answers, restore of the server and of a device from an old copy, a device that forks, erasure. tests/protocol.sh
 * looks at every order of events. A changeset is a mark: which life of its author wrote it. Node 0 is the server.
 *
 * With -DUNGUARDED both sides may be restored at once, before they have spoken again. Then a changeset is lost for good in
 * which the only two copies were undone; spin shows how. No protocol can help there, and none of these laws asks for it.
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

inline restore(n) {
    a = 0;
    do
    :: a < NODES ->
        node[n].by[a].length = copy[n].by[a].length;
        i = 0;
        do :: i < MOST -> node[n].by[a].mark[i] = copy[n].by[a].mark[i]; i++ :: else -> break od;
        a++
    :: else -> break
    od;
    life[n]++
}

inline back_up(n) {
    a = 0;
    do
    :: a < NODES ->
        copy[n].by[a].length = node[n].by[a].length;
        i = 0;
        do :: i < MOST -> copy[n].by[a].mark[i] = node[n].by[a].mark[i]; i++ :: else -> break od;
        a++
    :: else -> break
    od;
    copied[n] = true
}

inline request(d) { /* one transaction at the server */
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

proctype Device(byte d) {
    byte i, a, at, writes = 0, syncs = 0;
    bool clash;
    /* enrolment: the answer may be lost; the same key asks again and gets the same number */
    do
    :: atomic { if :: number[d] == 0 -> numbers++; number[d] = numbers :: else fi }
        if :: break :: skip /* lost */ fi
    od;
    do
    :: writes < 3 - d && !aside[d] -> atomic { write(d); writes++ }
    :: syncs < 3 - d && !aside[d] ->
        atomic { syncs++; at = life[0]; request(d) }
        if
        :: atomic { if :: !aside[d] && life[0] == at -> answer(d) :: else fi } /* a server that was restored meanwhile has hung up */
        :: skip /* the answer is lost */
        fi
    :: d == 1 && !copied[d] -> atomic { back_up(d) }
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
    :: atomic { node[0].by[0].length == 0 && !awaited[1] && !awaited[2] -> write(0) } /* erases somebody */
    :: !copied[0] -> atomic { back_up(0) }
#ifdef UNGUARDED
    :: atomic { copied[0] && life[0] == 0 -> restore(0); awaited[1] = !aside[1]; awaited[2] = !aside[2] }
#else
    :: atomic { copied[0] && life[0] == 0 && !unspoken[1] && !unspoken[2] -> restore(0); awaited[1] = !aside[1]; awaited[2] = !aside[2] }
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
