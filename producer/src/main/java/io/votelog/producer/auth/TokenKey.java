// SPDX-License-Identifier: Apache-2.0
package io.votelog.producer.auth;

/** A key that tokens may be signed with, for one algorithm. */
interface TokenKey {
    /**
     * Whether this key has signed the text. It never blocks; any thread may call it.
     *
     * @param length how many bytes of the text are signed
     * @param signature may have any length and content
     */
    boolean signed(byte[] text, int length, byte[] signature);
}
