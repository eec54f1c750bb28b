// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.doors;

/** What one client does to all others, on purpose. */
interface Attack extends AutoCloseable {
    /** Returns when it is under way. */
    void begin();

    /** Ends it, and says in some words what the attacker got. */
    String end();

    /** Ends it if that was not done. */
    @Override
    void close();
}
