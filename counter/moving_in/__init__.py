"""Notices of moving in that families sent through the national portal (転入予約), handed to the city as CSV.

Pure: bytes in, families out, and what they answer in the words of concepts. No model is written here.
"""
