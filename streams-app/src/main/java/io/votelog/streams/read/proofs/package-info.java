// SPDX-License-Identifier: Apache-2.0
/** Hands out the proof that a vote is in the sealed log: finds where the vote stands, and asks a sealer. */
@NullMarked
package io.votelog.streams.read.proofs;

import org.jspecify.annotations.NullMarked;
