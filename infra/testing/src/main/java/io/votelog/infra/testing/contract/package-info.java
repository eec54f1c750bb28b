/**
 * What holds a running server to its OpenAPI document: every answer that it gives is compared with what is described, and requests
 * with odd headers are made from the document. Nothing here knows Votelog's routes.
 */
@NullMarked
package io.votelog.infra.testing.contract;

import org.jspecify.annotations.NullMarked;
