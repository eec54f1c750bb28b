// SPDX-License-Identifier: Apache-2.0
/**
 * What the topology's stores hold: their names, and their keys and rows as bytes. Rows outlive a build, so every one begins with the
 * version of its form, and the forms of older builds are still read. What writes and deletes rows is in the package above;
 * {@code read} reads them here.
 */
@NullMarked
package io.votelog.streams.topology.rows;

import org.jspecify.annotations.NullMarked;
