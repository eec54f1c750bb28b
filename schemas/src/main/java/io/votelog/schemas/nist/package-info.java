/**
 * Results as election results of NIST SP 1500-100, version 2: the one place that says what of a ballot becomes what of that format.
 * It counts nothing, and is given what was counted.
 */
@NullMarked
package io.votelog.schemas.nist;

import org.jspecify.annotations.NullMarked;
