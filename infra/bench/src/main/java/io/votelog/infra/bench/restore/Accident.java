// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.restore;

/** What happens to an instance that counts, while votes come in. */
enum Accident {
    /** It is killed and started again on its state directory. */
    KILL("kill", "kill -9, same disk"),
    /** The same, but its state directory is gone. */
    DISK_LOST("disk-lost", "disk lost"),
    /** It is killed, and another instance, which has nothing of its partitions, takes them. */
    TAKE_OVER("take-over", "take-over by another instance, without standby"),
    /** The other one has a warm copy of its partitions. */
    TAKE_OVER_STANDBY("take-over-standby", "take-over by another instance, with standby");

    private final String id;
    private final String title;

    Accident(String id, String title) {
        this.id = id;
        this.title = title;
    }

    /** As the table has it. */
    String title() {
        return title;
    }

    /** Whether another instance is there, so that there is no start to wait for. */
    boolean isTakeOver() {
        return this == TAKE_OVER || this == TAKE_OVER_STANDBY;
    }

    /** As the command line has it. */
    @Override
    public String toString() {
        return id;
    }
}
