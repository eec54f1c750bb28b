// SPDX-License-Identifier: Apache-2.0
package io.votelog.streams.read.board;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queries on the boards. */
@Configuration(proxyBeanMethods = false)
class BoardConfiguration {
    @Bean
    Ballots ballots(BallotsBoard board) {
        return new Ballots(board::find, board::keys);
    }
}
