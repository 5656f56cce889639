// Stories that the simulation once failed, and a few seeds for every build; `long.simulation` plays many more.

#include <catch2/catch_test_macros.hpp>

#include "tests/sim/world.hpp"

using namespace tefter;
using namespace tefter::sim;

namespace {

struct Stage {
    bool papers = false;
    Beginning beginning{papers};
    testing::MemoryDisk disk{"stories"};
    Counters counters{};
    World::Lines lines = World::Lines::usual;
    World::Servers servers = World::Servers::one;
    std::uint32_t devices = 4;

    std::string play(std::uint64_t seed, const Story& story) {
        World world(beginning, disk, seed, devices, counters, lines, servers);
        world.play(story);
        world.come_to_rest();
        return world.trace();
    }
};

}  // namespace

TEST_CASE("the same seed gives the same run, and every replica is what the model says") {
    Stage stage;
    const Story story = story_from_seed(5, 30, 4);
    CHECK(stage.play(5, story) == stage.play(5, story));
    CHECK(stage.counters["replica compared with the model"] >= 10);
}

TEST_CASE("a story is text, and a story that fails is shortened to what makes it fail") {
    const Story story = story_from_seed(3, 200, 4);
    CHECK(to_text(parse_story(to_text(story))) == to_text(story));
    CHECK_THROWS_AS(parse_story("dance 2 3"), std::invalid_argument);
    const Story shorter = shortened(story, [](const Story& rest) {
        std::size_t writes = 0, syncs = 0;
        for (const Step& step : rest) {
            writes += step.act == Act::write ? 1 : 0;
            syncs += step.act == Act::sync ? 1 : 0;
        }
        return writes >= 2 && syncs >= 1;
    });
    CHECK(shorter.size() == 3);
}

TEST_CASE("what a restored server had acknowledged and lost is sent again, also where the device had not read on") {
    Stage stage;
    stage.play(115, parse_story("write 3 664065480\nserver_backup 4 984057953\nsync_cut 3 600592363\nwrite 3 303489300\n"
                                "server_restored 4 262747604\n"));
    CHECK(stage.counters["server got back what it had lost"] == 1);
}

TEST_CASE("what was taken from a stick before its author was revoked arrives, and all that stands on it") {
    Stage stage;
    stage.play(1821084419,
               parse_story("write 2 160774007\nbundle_out 2 785616302\nbundle_damaged 3 96470528\nrevoke 2 120288221\nwrite 3 7\n"));
    CHECK(stage.counters["revoked device told so"] == 1);
    CHECK(stage.counters["bundle damaged and noticed"] == 1);
}

TEST_CASE("what was held back from a stick when its author was revoked comes in when its time has come") {
    Stage stage;
    stage.play(1704044968, parse_story("clock_jumps 3 267844449\nwrite 4 207187570\nbundle_out 4 703437261\nbundle_in 3 660683761\n"
                                       "revoke 4 96713448\n"));
    CHECK(stage.counters["segment held"] == 1);
}

TEST_CASE("what others have had from a server that has lost it is not sealed again, though a wrong clock has other changes stamped anew") {
    Stage stage;
    stage.play(2068838400, parse_story("server_backup 3 827762128\nwrite 3 892565038\nclock_jumps 3 227303073\nsync 3 574129195\n"
                                       "sync 2 692342561\nwrite 3 411867218\nwrite 3 445308740\nserver_restored 2 741195062\n"
                                       "sync 3 721698974\n"));
    CHECK(stage.counters["clock put right, changes restamped"] == 1);
}

TEST_CASE("what a replica kept of columns that it did not know is in its place, and only there, after an update") {
    Stage stage;
    stage.play(129, parse_story("write 2 734038957\nanswer_lost 2 979065879\nsync_flipped 3 154163422\nupgrade 3 235448716\n"
                                "write 3 26979338\nanswer_lost 3 686412258\nwrite 3 85840126\nsync 2 59551860\nupgrade 2 709887353\n"));
    CHECK(stage.counters["upgrade"] == 2);
}

TEST_CASE("a replica opens after the power failed in the middle of a commit: its first look may only read") {
    Stage stage;
    stage.play(2, parse_story("write 5 506517003\npower_cut 5 834705898\n"));
    CHECK(stage.counters["power_cut"] == 1);
}

TEST_CASE("what a restored device wrote before it synced is not taken for what the server has of its earlier life") {
    Stage stage;
    stage.play(89, parse_story("backup 3 934837657\nwrite 3 60303167\nsync 3 943613376\nrestored 3 304989427\nwrite 3 954190226\n"));
    CHECK(stage.counters["device forked and put aside"] == 1);
}

TEST_CASE("a segment whose header was damaged on the way is not kept back for what will never come") {
    Stage stage;
    stage.play(1220, parse_story("write 5 309934757\nwrite 2 905420647\nclock_jumps 3 962941510\nwrite 5 337096149\nwrite 2 907715831\n"
                                 "sync 2 263989828\nwrite 5 248478117\nwrite 4 764804352\nwrite 3 146874309\nsync 3 851686684\n"
                                 "sync_flipped 2 396272124\n"));
    CHECK(stage.counters["answer damaged and noticed"] == 1);
}

TEST_CASE("a cursor that was damaged on the way is noticed by the signature, and the next round trip heals it") {
    Stage stage;
    stage.play(2607, parse_story("write 3 898377046\nsync_flipped 3 872296153\n"));
    CHECK(stage.counters["replica compared with the model"] != 0);
}

TEST_CASE("a device that was restored while its clock is behind finds a number that its earlier life has not used") {
    Stage stage;
    stage.play(3588, parse_story("backup 2 825766760\nsync 2 63960872\nrestored 2 913870912\nclock_jumps 2 626038379\nsync 2 591912439\n"));
    CHECK(stage.counters["request older than one of an earlier life"] > 0);
}

TEST_CASE("a restored device comes through, however many requests in a row its earlier life had without an answer") {
    Stage stage;
    stage.play(2641202685, parse_story("backup 2 134404110\nserver_disk_fails 2 263054209\nrequest_late 2 728873356\nsync_cut 2 298816467\n"
                                       "request_lost 2 815444342\nwrite 2 951432230\nserver_disk_fails 2 753481271\nsync_cut 2 578382224\n"
                                       "request_lost 2 12770941\nrequest_late 2 847402928\nsync 2 230168113\nrestored 2 979562460\n"));
}

TEST_CASE("a restored device that writes before it syncs draws no number that its earlier life has used") {
    Stage stage;
    stage.play(4812, parse_story("backup 3 29558643\nwrite 3 38333559\nsync 3 974185479\nrestored 3 112588290\nwrite 3 253978958\n"));
    CHECK(stage.counters["device restored from an old copy"] == 1);
}

TEST_CASE("a restored server that hears of a revocation first still takes back what it had taken from that device") {
    Stage stage;
    stage.play(6397, parse_story("server_backup 2 250693643\nwrite 2 33181059\nsync 2 925400730\nrevoke 2 115718041\nsync 4 372558662\n"
                                 "server_restored 4 269985266\n"));
    CHECK(stage.counters["server got back what it had lost"] > 0);
}

TEST_CASE("a restored server hears what it has lost also from a device whose cursor a damaged answer has put back") {
    Stage stage;
    stage.play(1663560637, parse_story("write 4 970554472\nwrite 4 734634101\nserver_backup 4 622065133\nsync_cut 4 305896851\n"
                                       "erase 3 848511965\nsync_flipped 3 772230898\nserver_restored 2 702727403\n"));
    CHECK(stage.counters["server got back what it had lost"] == 1);
}

TEST_CASE("a server's time that was damaged on the way is noticed before a clock is put right by it") {
    Stage stage;
    stage.play(2065337673, parse_story("write 3 365613868\nwrite 3 842231120\nwrite 3 908512761\nwrite 3 446046660\nwrite 3 517857\n"
                                       "write 3 399118341\nwrite 3 157500802\nwrite 3 289055466\nwrite 3 321054025\n"
                                       "clock_jumps 3 134679877\nwrite 3 914405759\nsync_flipped 3 837622081\n"));
    CHECK(stage.counters["answer damaged and noticed"] == 1);
}

TEST_CASE("a row that was made and deleted away from the server is the same row after its replica was filled anew") {
    Stage stage;
    stage.play(2956800208, parse_story("write 3 625312497\nsync 3 672648494\nclock_jumps 2 973361602\ntime_passes 2 207393932\n"
                                       "write 2 875379238\ncompact 2 22682789\nwrite 2 524087906\nbundle_out 2 490580456\n"
                                       "sync 2 858436404\n"));
    CHECK(stage.counters["device filled anew"] > 0);
}

TEST_CASE("a row is found after the disk failed while the names of such rows were read") {
    Stage stage;
    stage.play(2615108630, parse_story("write 3 799844803\nwrite 3 98339384\nwrite 5 65473870\nsync 3 690590267\nsync 5 337517191\n"
                                       "sync_disk_fails 3 61254852\nsync_disk_fails 3 190863881\nwrite 3 509446714\n"));
    CHECK(stage.counters["sync failed by the device's disk"] > 0);
}

TEST_CASE("a device that got a row without its values, and not the erasure, gets them from a server that was restored and lost that") {
    Stage stage;
    stage.play(2250027979, parse_story("write 4 673636089\nwrite 2 878791526\nwrite 2 191095179\nwrite 3 258205381\n"
                                       "answer_lost 4 468678792\nserver_disk_fails 3 677747702\nwrite 3 480710778\n"
                                       "bundle_out 2 384973931\nwrite 2 860022651\nsync 2 434205289\nserver_backup 2 328471025\n"
                                       "erase 3 3954362\nsync_cut 3 722136183\nserver_restored 3 242884741\n"));
    CHECK(stage.counters["server restored from an old copy"] == 1);
}

TEST_CASE("a restored server that gets a row back without its values erases it again") {
    Stage stage;
    stage.play(2250027979, parse_story("write 4 673636089\nserver_backup 2 3\nsync 4 468678792\nerase 3 3954362\nsync_cut 3 7919\n"
                                       "server_restored 3 242884741\n"));
    CHECK(stage.counters["erasure that was lost made again"] == 1);
}

TEST_CASE("on a poor line a sync ends although the server refuses what stands first in each request") {
    testing::SmallPages pages;
    Stage stage;
    stage.lines = World::Lines::poor;
    stage.play(2432155164, parse_story(R"(
write 2 461456365
write 3 617191127
sync 2 493877872
write 2 780504401
write 3 367756195
erase 3 581185416
write 2 789123628
write 2 878929579
clock_jumps 2 543431849
write 2 786562635
sync 3 129956481
time_passes 2 917007770
write 2 794014099
write 2 139570953
bundle_out 2 872013737
write 2 333555927
write 2 489730141
write 2 112805044
write 2 181916265
write 2 330412966
write 2 575374782
sync 2 745212059
)"));
    CHECK(stage.counters["sync in several requests"] != 0);
}

TEST_CASE("on a poor line who gives a restored server back what it lost has told it all when the sync ends, and is not waited for") {
    testing::SmallPages pages;
    Stage stage;
    stage.lines = World::Lines::poor;
    stage.play(1362920160, parse_story(R"(
write 2 812765082
sync 3 737417637
sync 2 429318046
sync_disk_fails 3 131906302
write 3 357999253
server_backup 2 894528233
write 2 896962745
write 3 525622522
sync 2 60749742
sync 3 849540296
write 3 506497873
server_restored 3 921113237
write 3 103946922
write 3 951836221
)"));
    stage.play(1362924196, parse_story(R"(
server_backup 4 577055384
write 2 470145316
write 4 597328094
sync_disk_fails 2 897428077
write 3 669061523
write 3 397901894
write 4 558624508
answer_lost 4 631232954
sync 3 976793409
erase 2 815026330
write 3 576702523
sync 3 496190187
write 3 518655756
server_restored 3 806709711
sync 4 525537570
)"));
    CHECK(stage.counters["server got back what it had lost"] != 0);
}

TEST_CASE("what was on its way to a server before it was restored is not taken, since its device may have stamped it anew") {
    testing::SmallPages pages;
    Stage stage;
    stage.play(406020966, parse_story(R"(
server_backup 3 261184388
clock_jumps 2 178769443
write 2 195959675
request_late 2 215870006
server_dies 2 76252365
time_passes 3 954428283
server_restored 2 409915028
late_arrives 3 426302032
)"));
    stage.play(2833426209, parse_story(R"(
clock_jumps 3 476228114
server_backup 3 57161288
write 3 888940988
request_late 3 152724159
sync 3 785298820
time_passes 2 69615046
server_restored 2 214820926
late_arrives 2 782222520
)"));
    CHECK(stage.counters["late request from before the server was restored"] == 2);
}

TEST_CASE("an own segment that was damaged on its way back opens no seal") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.lines = World::Lines::poor;
    stage.play(1865648868, parse_story(R"(
write 3 395976029
sync_cut 3 585382417
write 3 960595636
request_late 3 78283510
write 3 373372665
write 3 190837950
answer_lost 3 205818455
write 3 964833069
sync_flipped 3 957121058
bundle_out 3 876775866
)"));
    CHECK(stage.counters["answer damaged and noticed"] == 1);
}

TEST_CASE("no row is numbered as one of a life that was undone, of which a part has come back") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(4265484133, parse_story(R"(
write 2 999139996
time_passes 4 887508044
server_backup 3 809963526
backup 2 715298229
server_dies 4 510296378
write 4 131609094
sync_cut 4 875436317
write 2 338401469
sync 2 801672217
server_dies 4 12727033
write 2 672197511
write 4 943396513
write 4 43400370
sync_cut 4 663530947
request_late 2 769650351
write 4 237960031
write 2 523929060
sync 2 168645026
server_backup 3 666176135
write 4 446405453
write 2 753577426
write 3 949717597
write 4 158577169
power_cut 2 249748641
sync 4 265540609
write 2 95140423
restored 2 949178174
sync_cut 2 1
write 2 101877328
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("a disk that fails when a program begins to write leaves it where it was: it looks again at what others have written") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(4265485198, parse_story(R"(
backup 3 290296685
write 2 872039843
write 3 282499701
write 3 825574681
write 4 561792924
sync 3 93648971
sync 4 357336189
restored 3 594396716
sync 3 36766151
power_cut 3 811573657
disk_fails 3 846621816
write 3 350114601
)"));
    CHECK(stage.counters["device restored from an old copy"] == 1);
}

TEST_CASE("a device that was put back to a copy, and whose server was restored, is told first what that has lost, and has not forked") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(3723354250, parse_story(R"(
write 3 41679359
server_backup 3 535063585
sync 3 922104834
write 4 52218862
sync 2 941761536
server_restored 4 623629851
write 2 79480265
backup 2 96902518
sync 4 661423925
sync 2 887511341
sync 3 964618802
restored 2 581929282
write 2 46545019
)"));
    CHECK(stage.counters["device forked and put aside"] == 0);
}

TEST_CASE("what continues a segment that the server has under another seal waits until the device has taken that one up") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.lines = World::Lines::poor;
    stage.play(2782772764, parse_story(R"(
write 4 438842003
sync 4 657164957
write 4 943058512
backup 4 596027374
upgrade 4 736945139
sync_cut 4 866683259
restored 4 539528867
request_lost 4 879449998
write 4 569251482
)"));
    CHECK(stage.counters["device restored from an old copy"] == 1);
}

TEST_CASE("what stands on changes that only a device had which enrols again, and that are not its own any more, waits for nothing there") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(2782763871, parse_story(R"(
backup 2 43926986
write 2 1
server_backup 2 103210403
write 3 450687167
bundle_out 2 127093711
sync 3 311331654
erase 3 153543390
restored 2 869704030
write 3 920973802
sync_flipped 3 549492326
sync 2 351727606
server_restored 2 677884961
bundle_damaged 3 285551558
write 2 149656237
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("what is made again by one who had a life that was undone from a stick is made upon what both lives share") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.lines = World::Lines::poor;
    stage.play(2418648684, parse_story(R"(
write 2 917535182
backup 2 383566623
write 2 477179705
bundle_out 2 573136779
restored 2 993262948
bundle_in 3 484039049
write 3 196048867
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("what was written upon what a stick had brought is made again behind it when a replica is filled anew") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.lines = World::Lines::poor;
    stage.play(192908932, parse_story(R"(
write 2 37646065
clock_jumps 3 132593441
clock_jumps 4 581787512
write 4 71845548
bundle_out 4 888578918
sync 2 495396672
bundle_in 3 997914646
time_passes 3 666058496
write 3 446021102
compact 2 129380475
sync 3 693281981
)"));
    CHECK(stage.counters["device filled anew"] != 0);
}

TEST_CASE("what stands on a life that was undone does not come as it is, also where a replica has that chain as rows alone") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(192911355, parse_story(R"(
bundle_out 2 539120705
power_cut 2 249261853
bundle_out 3 171219215
sync_flipped 2 576956826
backup 2 314190663
sync_power_cut 3 194586632
write 3 665307687
write 2 531774998
bundle_out 3 669945513
bundle_out 2 693528248
write 3 396562190
restored 2 329816183
sync 3 149703613
write 2 91561694
bundle_in 3 299597767
sync 2 102246904
write 3 152689066
answer_lost 3 692165905
write 3 355050375
write 2 104587050
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("a device that was put back to a copy from before its server was restored sends its files once more") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(3513145146, parse_story(R"(
server_backup 2 425298908
write 3 91104992
write 3 189210821
sync 3 611067515
backup 3 59007037
server_restored 2 805518971
sync 3 455808105
sync 2 557494876
sync 4 1
sync 5 1
restored 3 195990038
)"));
    CHECK(stage.counters["device restored from an old copy"] == 1);
}

TEST_CASE("in a scope that a device was granted a moment ago, and that no sync has filled yet, it writes like in any other") {
    Stage stage;
    stage.play(3196569602,
               parse_story("grant 4 377797834\nwrite 2 246517652\nsync 2 263775539\nsync_flipped 4 272171136\nwrite 4 641130441\n"));
    CHECK(stage.counters["scope granted"] == 1);
}

TEST_CASE("a forked device is told in every scope how far it goes together with the server, also after that was restored") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.lines = World::Lines::poor;
    stage.play(2820550284, parse_story(R"(
write 2 987694466
write 3 812813479
write 2 514790924
server_backup 3 615852627
write 3 726363906
answer_lost 2 683068482
write 3 506627759
sync 3 362271888
write 3 113349447
backup 3 713428496
server_restored 2 687682859
write 3 950573027
write 3 466257318
sync 2 755215454
sync 4 1
sync 5 1
write 2 539778972
answer_lost 2 855438887
sync 3 980574767
restored 3 142212239
write 3 707820921
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("a file that was named again between two looks stays as long as any other") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(325386381, parse_story(R"(
write 2 968938803
write 2 994296684
sync 2 242557072
power_cut 2 694828630
sync 3 931394081
write 2 719873875
write 3 19102197
sync 2 123739749
sync 3 472161591
write 3 611994824
server_disk_fails 2 484280692
sync 3 699093600
sync_power_cut 2 237692117
)"));
    CHECK(stage.counters["file stayed that was named again"] != 0);
}

TEST_CASE("what is made again from rows stands upon what others have given back of its author meanwhile") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(686176654, parse_story(R"(
server_backup 4 732624249
write 3 700485352
enrols 3 503573461
sync_power_cut 3 576781488
sync 4 35496214
sync 3 302847775
write 3 851567112
sync 3 622669716
enrols 4 332707487
burns 3 136131920
server_restored 2 912595237
)"));
    CHECK(stage.counters["change of others made again from rows"] != 0);
}

TEST_CASE("a deletion of what nobody has any more is not made again, though what was written after it makes the row anew") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(686187271, parse_story(R"(
write 3 682256493
server_backup 3 370504307
sync_cut 3 780719102
enrols 4 479184178
burns 3 9349212
server_restored 4 782046457
write 4 504979399
write 4 653046385
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("what is made again stands in the place of what its device wrote first, also where a lost change came between") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(3272153943, parse_story(R"(
server_backup 3 476519329
enrols 2 645425249
write 2 685438307
answer_lost 2 278369369
request_doubled 3 465000767
write 3 527231535
answer_lost 3 207829601
sync 2 316593567
burns 3 607944052
write 2 246884427
server_restored 2 838123355
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("who was filled with one life of a device notices that a restored server has got back as much of another one") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(197267485, parse_story(R"(
backup 4 273398927
write 4 729817263
write 4 239096318
write 4 735522568
write 4 610133148
write 4 544635916
server_backup 3 232413283
write 4 255232404
bundle_out 4 122144012
cloned 4 57748363
write 4 350569833
write 4 978989552
write 4 451581660
write 4 599175594
write 4 957992661
bundle_in 3 671222795
write 4 610245400
sync 4 223230512
enrols 3 236951499
sync 4 71812964
server_restored 4 930857453
)"));
    CHECK(stage.counters["forked device enrolled again"] == 2);
}

TEST_CASE("what a restored server has lost together with an erasure, and only a device it has forgotten remembers, is stuck nowhere") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(297013306, parse_story(R"(
server_backup 2 623887937
enrols 3 745363527
write 2 807597404
request_doubled 2 591097808
burns 2 487215913
erase 4 13528647
sync 3 799246493
server_restored 4 241797200
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE("of two deletions of a row that nobody has, the one that found none to stand at is not taken for the other") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.play(3354554509, parse_story(R"(
write 4 249559087
server_backup 2 437431882
write 2 629645128
write 3 432605055
sync_flipped 3 941054489
sync_flipped 2 611843990
write 4 168563497
answer_lost 4 874642715
enrols 2 3060886
write 2 78036225
write 2 130822285
revoke 3 278640678
server_restored 2 89807848
write 2 795082055
)"));
    CHECK(stage.counters["forked device enrolled again"] == 1);
}

TEST_CASE(
    "what others gave back of a device's own chain without its knowledge is not made again, and the erasure that it has comes along") {
    testing::SmallPages pages;
    Stage stage{.papers = true};
    stage.servers = World::Servers::put_back;
    SECTION("of one device") {
        stage.devices = 2;
        stage.play(2865126222, parse_story(R"(
server_backup 2 807093923
write 2 218677680
write 2 938323089
write 2 901834346
answer_lost 2 531074885
sync 3 865898156
erase 3 296264739
server_dies 3 533603641
sync 2 322005484
server_restored 3 2
sync 2 865817281
)"));
    }
    SECTION("of two") {
        stage.devices = 3;
        stage.play(2865123949, parse_story(R"(
sync_power_cut 3 513062800
write 2 324931033
sync 2 772093395
write 4 755876066
write 2 758406289
write 3 751850516
server_backup 4 44444048
write 2 272689792
sync_power_cut 2 377745045
server_disk_fails 2 852362685
write 2 485403616
power_cut 3 580971905
erase 4 731608445
disk_fails 3 107305472
answer_lost 3 530979617
sync 4 56222871
write 3 751619279
backup 2 402497160
sync 2 674791538
write 4 288049067
disk_fails 2 38863864
write 3 922291833
sync 4 463913710
server_disk_fails 2 147969358
write 2 406235835
server_restored 4 2
sync 2 803841931
write 4 52377536
)"));
    }
    CHECK(stage.counters["server put back by hand"] == 1);
    CHECK(stage.counters["forked device enrolled again"] == 1);
}
