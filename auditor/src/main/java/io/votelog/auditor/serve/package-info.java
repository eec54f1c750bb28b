// SPDX-License-Identifier: Apache-2.0
/** Serves a sealed log over HTTP: its files, voters' proofs, and how the sealer is. */
@NullMarked
package io.votelog.auditor.serve;

import org.jspecify.annotations.NullMarked;
